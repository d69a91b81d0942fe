/** Columns of text, as wide as what is in them. */

import { stripVTControlCharacters } from 'node:util'

const gap = '  '
/** Below that, what is left says less than lines that wrap. */
const narrowest = 40

/**
 * Lays rows out under a heading. With a width, the last column is cut so that lines do not wrap.
 * Cells may be coloured; no line ends in blanks.
 */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  columns?: number,
): string {
  const all = heading.length === 0 ? rows : [heading, ...rows]
  const widths = (all[0] ?? []).map((_, index) =>
    Math.max(...all.map((row) => width(row[index] ?? ''))),
  )
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + gap.length, 0)
  const last = columns === undefined ? undefined : Math.max(narrowest, columns - before)
  return all
    .map((row) =>
      row
        .map((cell, index) =>
          index === widths.length - 1 ? cut(cell, last) : pad(cell, widths[index] ?? 0),
        )
        .join(gap)
        .trimEnd(),
    )
    .join('\n')
}

/** Cuts plain text to a width; what is cut is marked. */
export function cut(text: string, columns: number | undefined): string {
  return columns === undefined || width(text) <= columns ? text : `${text.slice(0, columns - 1)}…`
}

function pad(cell: string, columns: number): string {
  return cell + ' '.repeat(columns - width(cell))
}

function width(cell: string): number {
  return stripVTControlCharacters(cell).length
}
