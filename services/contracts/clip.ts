/** What strangers wrote is kept within bounds before it is handed on. */

/** Cuts a text to a number of code units, and ends it with an ellipsis if something is lost. */
export function clip(text: string, longest: number): string {
  if (text.length <= longest) return text
  return `${text.slice(0, longest - 1)}…`
}
