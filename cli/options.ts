/** Options as they are meant, and output in the form that was asked for. */

import { z } from 'zod'
import { CommandError } from './exit-code.ts'
import { jsonText } from './terminal/json.ts'
import type { Terminal } from './terminal/terminal.ts'

export type Format = 'text' | 'json'

export const outputFormat = z.enum(['text', 'json'], {
  error: (issue) => `--output is text or json, not '${String(issue.input)}'`,
})

/** A whole number from 1. */
export function count(flag: string) {
  return z
    .string()
    .regex(/^[1-9]\d{0,5}$/, `${flag} is a whole number from 1`)
    .transform(Number)
}

/** Reads arguments or options. @throws CommandError USAGE naming what is wrong with them */
export function parsed<T>(schema: z.ZodType<T>, given: unknown): T {
  const read = schema.safeParse(given)
  if (read.success) return read.data
  const faults = read.error.issues.map((issue) => issue.message)
  throw new CommandError(faults.join('; '), { code: 'USAGE' })
}

/** Prints a value as JSON, or as text. */
export function emit(terminal: Terminal, format: Format, value: unknown, text: () => string): void {
  terminal.print(format === 'json' ? jsonText(value) : text())
}
