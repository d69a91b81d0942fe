/** Sticky assignment: partitions spread evenly over the members, moving as few as that allows. */

export interface StickyMember {
  readonly id: string
  /** What it holds, or says it holds. */
  readonly held: readonly number[]
  /** The generation in which it was given that; of two that hold a partition the newer keeps it. */
  readonly generation: number
}

/** Assigns partitions 0 to `partitions - 1`; every member has an entry, an empty one if need be. */
export function stickyAssignment(
  partitions: number,
  members: readonly StickyMember[],
): Map<string, number[]> {
  const ordered = [...members].sort((a, b) => (a.id < b.id ? -1 : 1))
  const holders = holderOf(partitions, ordered)
  const kept = ordered.map(({ id }) => ({
    id,
    partitions: holders.flatMap((holder, partition) => (holder === id ? [partition] : [])),
  }))

  // Those that hold the most get the larger shares, so that fewer have to give one up.
  kept.sort((a, b) => b.partitions.length - a.partitions.length)
  const share = Math.floor(partitions / ordered.length)
  const larger = partitions % ordered.length
  const quota = (rank: number) => (rank < larger ? share + 1 : share)
  kept.forEach((member, rank) => member.partitions.splice(quota(rank)))

  const taken = new Set(kept.flatMap((member) => member.partitions))
  const free = Array.from({ length: partitions }, (_, p) => p).filter((p) => !taken.has(p))
  const assignment = new Map<string, number[]>()
  kept.forEach((member, rank) => {
    const more = free.splice(0, quota(rank) - member.partitions.length)
    assignment.set(
      member.id,
      [...member.partitions, ...more].sort((a, b) => a - b),
    )
  })
  return assignment
}

function holderOf(partitions: number, members: readonly StickyMember[]): (string | undefined)[] {
  const holders = Array.from({ length: partitions }, (): StickyMember | undefined => undefined)
  for (const member of members) {
    for (const partition of member.held) {
      const other = holders[partition]
      const exists = partition < partitions
      if (exists && (other === undefined || member.generation > other.generation)) {
        holders[partition] = member
      }
    }
  }
  return holders.map((holder) => holder?.id)
}
