/** `stoa doctor`: what a review needs on this machine, and what to do about what is missing. */

import { z } from 'zod'
import type { Invocation } from '../invocation.ts'
import { emit, outputFormat, parsed } from '../options.ts'
import { table } from '../terminal/table.ts'
import { checkKafka, checkTopics } from './kafka-checks.ts'
import { checkDisk, checkNode, checkWays } from './machine-checks.ts'

export interface Check {
  readonly name: string
  /** A note is neither needed nor in the way. */
  readonly state: 'ok' | 'note' | 'problem'
  /** What was found. */
  readonly found: string
  /** What to do; empty when there is nothing. */
  readonly advice: string
}

const Options = z.object({ output: outputFormat })

/** Checks everything; 0 when nothing is a problem, else 1. */
export async function doctor(invocation: Invocation, given: unknown): Promise<number> {
  const { terminal } = invocation
  const { output } = parsed(Options, given)
  const [ways, kafka] = await Promise.all([checkWays(invocation), checkKafka(invocation)])
  const isKafkaUp = kafka.every(({ state }) => state === 'ok')
  const checks = [
    checkNode(process.versions.node),
    ...ways,
    ...kafka,
    await checkTopics(invocation, isKafkaUp),
    await checkDisk(invocation),
  ]
  const isWell = checks.every(({ state }) => state !== 'problem')
  emit(terminal, output, { ok: isWell, checks }, () => {
    const { green, red, dim } = terminal.colors
    const painted = { ok: green, note: dim, problem: red }
    return table(
      ['CHECK', 'STATE', 'FOUND', 'WHAT TO DO'],
      checks.map(({ name, state, found, advice }) => [name, painted[state](state), found, advice]),
    )
  })
  return isWell ? 0 : 1
}
