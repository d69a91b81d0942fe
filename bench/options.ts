/** The sizes of a benchmark, as the command line gives them. */

import { parseArgs } from 'node:util'
import { z } from 'zod'

const whole = z.coerce.number().int().min(1)
const names = z.string().transform((text) => text.split(','))
const numbers = z
  .string()
  .transform((text) => text.split(',').map(Number))
  .pipe(z.array(z.number().int().min(1)))

const Values = z.object({
  json: z.boolean(),
  only: names.optional(),
  profile: z.string().optional(),
  seconds: z.coerce.number().positive(),
  'runs-at-once': numbers,
  'long-steps': whole.min(3_000).multipleOf(1_000),
  suspended: whole.min(1_000),
  trials: whole,
  source: z.boolean(),
  limit: z.coerce.number().positive(),
})

export interface Options {
  readonly json: boolean
  /** Names of measurements; undefined for all. */
  readonly only: readonly string[] | undefined
  /** A folder for profiles of the workers. */
  readonly profile: string | undefined
  /** Of each measurement of throughput. */
  readonly seconds: number
  readonly runsAtOnce: readonly number[]
  readonly longSteps: number
  readonly suspended: number
  /** How often a process is killed or stopped, for each figure. */
  readonly trials: number
  /** Workers run from the sources, not in one file: profiles name the sources then. */
  readonly source: boolean
  /** A measurement that takes longer has failed. */
  readonly limitSeconds: number
}

/** @throws Error where an option is unknown, or no number */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      profile: { type: 'string' },
      seconds: { type: 'string', default: '4' },
      'runs-at-once': { type: 'string', default: '50,200,1000' },
      'long-steps': { type: 'string', default: '100000' },
      suspended: { type: 'string', default: '100000' },
      trials: { type: 'string', default: '10' },
      source: { type: 'boolean', default: false },
      limit: { type: 'string', default: '300' },
    },
  })
  const parsed = Values.parse(values)
  return {
    json: parsed.json,
    only: parsed.only,
    profile: parsed.profile,
    seconds: parsed.seconds,
    runsAtOnce: parsed['runs-at-once'],
    longSteps: parsed['long-steps'],
    suspended: parsed.suspended,
    trials: parsed.trials,
    source: parsed.source,
    limitSeconds: parsed.limit,
  }
}
