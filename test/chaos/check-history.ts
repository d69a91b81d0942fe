/**
 * What the log promises to whoever uses it, as one client saw it: acknowledged writes are there once
 * and where they were said to be; followers and owners see all that is there, once and in order.
 */

import type { History, Seen } from './history-options.ts'

/** @param there every record of the topic in the end, in order within its partition */
export function checkHistory(history: History, there: readonly Seen[]): readonly string[] {
  const problems: string[] = []
  const places = Map.groupBy(there, ({ value }) => value)
  const written = new Set(history.appends.flatMap(({ values }) => values))

  for (const { partition, values, base } of history.appends) {
    if (base === null) continue
    for (const [index, value] of values.entries()) {
      const offset = String(BigInt(base) + BigInt(index))
      const what = `value ${value}, acknowledged at ${String(partition)}@${offset},`
      const found = places.get(value) ?? []
      const isThere = found.some((each) => each.partition === partition && each.offset === offset)
      if (!isThere) problems.push(`lost write: ${what} is not there`)
      if (found.length > 1)
        problems.push(`duplicate: ${what} is there ${String(found.length)} times`)
    }
  }
  for (const { partition, offset, value } of there) {
    const what = `${value} at ${String(partition)}@${offset}`
    if (!written.has(value)) problems.push(`invented: ${what} was never written`)
  }
  return [
    ...problems,
    ...checkSeen('the follower', history.followed, there),
    ...checkSeen('the owner', history.owned, there),
  ]
}

function checkSeen(who: string, seen: readonly Seen[], there: readonly Seen[]): readonly string[] {
  const problems: string[] = []
  const last = new Map<number, bigint>()
  const known = new Map(there.map((each) => [placeOf(each), each.value]))
  const found = new Set<string>()
  for (const each of seen) {
    const offset = BigInt(each.offset)
    const before = last.get(each.partition) ?? -1n
    if (offset <= before) {
      problems.push(`non-monotonic: ${who} saw ${placeOf(each)} after ${String(before)}`)
    }
    if (known.get(placeOf(each)) !== each.value) {
      problems.push(`wrong read: ${who} saw ${each.value} at ${placeOf(each)}, which is not there`)
    }
    last.set(each.partition, offset)
    found.add(placeOf(each))
  }
  for (const each of there) {
    if (!found.has(placeOf(each))) problems.push(`unseen: ${who} never saw ${placeOf(each)}`)
  }
  return problems
}

function placeOf({ partition, offset }: Seen): string {
  return `${String(partition)}@${offset}`
}
