/** What the answer to an append of a commit, and what lies between, say of the commit. */

import type { PlacedCommit } from './journal-reader.ts'
import type { Sabotage } from './sabotage.ts'

export type AppendAnswer = { readonly offset: bigint } | { readonly error: unknown }

export type CommitFate =
  | { readonly is: 'decided'; readonly offset: bigint }
  /** Somebody else has appended before it: what that was has to be read first. */
  | { readonly is: 'behind a gap'; readonly offset: bigint }
  | { readonly is: 'unknown'; readonly error: unknown }

/** @param next the offset that it gets if nobody else has appended */
export function fateOf(answer: AppendAnswer, next: bigint, sabotage?: Sabotage): CommitFate {
  if ('error' in answer) return { is: 'unknown', error: answer.error }
  const { offset } = answer
  if (offset < next) {
    return { is: 'unknown', error: new Error('acknowledged below what was expected') }
  }
  const isBehindGap = offset > next && sabotage !== 'fence-not-checked'
  return { is: isBehindGap ? 'behind a gap' : 'decided', offset }
}

/** Lost when a newer owner has fenced in a gap; unsure when a late fence of our own stands there. */
export function fateBehind(
  gap: readonly PlacedCommit[],
  incarnation: string,
): 'stands' | 'lost' | 'unsure' {
  const fences = gap.flatMap(({ commit: { fence } }) => (fence === null ? [] : [fence]))
  if (fences.some((fence) => fence.incarnation !== incarnation)) return 'lost'
  return fences.length > 0 ? 'unsure' : 'stands'
}
