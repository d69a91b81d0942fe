/** Where a command writes: data on standard output, everything about itself on standard error. */

import { stripVTControlCharacters } from 'node:util'
import pc from 'picocolors'

export type Colors = ReturnType<typeof pc.createColors>

export interface Stream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export interface Terminal {
  /** Writes data; a line end is added. */
  print(text: string): void
  /** Writes a line about the command itself. */
  note(line: string): void
  /** Replaces the live line, where there is one; the empty text removes it. */
  live(line: string): void
  readonly isLive: boolean
  /** Colours of standard output, and its width when it is a terminal. */
  readonly colors: Colors
  readonly columns: number | undefined
}

export function terminalOn(
  out: Stream,
  err: Stream,
  variables: Readonly<Record<string, string | undefined>>,
): Terminal {
  const isLive = err.isTTY === true && variables['TERM'] !== 'dumb'
  let shown = ''
  const erase = () => {
    if (shown !== '') err.write('\r\u001b[2K')
  }
  const draw = () => {
    if (shown !== '') err.write(shown)
  }
  return {
    isLive,
    colors: pc.createColors(hasColors(out, variables)),
    columns: out.isTTY === true ? widthOf(out) : undefined,
    print(text) {
      erase()
      out.write(`${text}\n`)
      draw()
    },
    note(line) {
      erase()
      err.write(`${line}\n`)
      draw()
    },
    live(line) {
      if (!isLive) return
      erase()
      // A line that wraps could not be erased.
      shown = line.slice(0, (widthOf(err) ?? 80) - 1)
      draw()
    },
  }
}

/** A terminal may not know its width. */
function widthOf({ columns }: Stream): number | undefined {
  return columns === 0 ? undefined : columns
}

/** Whether to colour a stream: NO_COLOR and FORCE_COLOR decide, else whether a person sees it. */
export function hasColors(
  stream: Stream,
  variables: Readonly<Record<string, string | undefined>>,
): boolean {
  if ((variables['NO_COLOR'] ?? '') !== '') return false
  const forced = variables['FORCE_COLOR'] ?? ''
  if (forced !== '') return forced !== '0'
  return stream.isTTY === true && variables['TERM'] !== 'dumb'
}

/** Text of strangers in one line, without anything that a terminal would obey. */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd')
    .trim()
}
