/** One order for text, the same on every machine: by UTF-16 code unit, never by locale. */

/** Compares two strings by code unit, for `sort`. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
