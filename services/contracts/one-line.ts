/** Text of strangers, to be shown in one line of a message, a table or a terminal. */

/** Turns line breaks into spaces, and shows control characters and those that turn text as �. */
export function oneLine(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '�')
    .trim()
}
