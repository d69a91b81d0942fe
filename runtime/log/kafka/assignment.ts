/** What members and leader of a group tell each other: what a member holds, what it is given. */

import assignerProtocol from 'kafkajs/src/consumer/assignerProtocol.js'
import { stickyAssignment } from '../sticky.ts'

export interface Holding {
  readonly partitions: readonly number[]
  readonly generation: number
}

export const protocolName = 'stoa-sticky'
const version = 1
const { MemberMetadata, MemberAssignment } = assignerProtocol

/** What a member says of itself when it joins. */
export function encodeSubscription(topic: string, holding: Holding): Buffer {
  const userData = Buffer.from(JSON.stringify(holding))
  return MemberMetadata.encode({ version, topics: [topic], userData })
}

/** What the leader gives to each member, each with an entry. */
export function assign(
  topic: string,
  partitions: number,
  members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[],
): { memberId: string; memberAssignment: Buffer }[] {
  const holdings = members.map(({ memberId, memberMetadata }) => {
    const { partitions: held, generation } = decodeHolding(memberMetadata)
    return { id: memberId, held, generation }
  })
  return Array.from(stickyAssignment(partitions, holdings), ([memberId, given]) => ({
    memberId,
    memberAssignment: MemberAssignment.encode({
      version,
      assignment: { [topic]: given },
      userData: Buffer.alloc(0),
    }),
  }))
}

export function decodeAssignment(topic: string, bytes: Buffer): readonly number[] {
  if (bytes.length === 0) return []
  const assignment = MemberAssignment.decode(bytes)
  return assignment?.assignment[topic] ?? []
}

/** A member that says nothing readable holds nothing; that costs it its stickiness only. */
function decodeHolding(metadata: Buffer): Holding {
  const none: Holding = { partitions: [], generation: -1 }
  try {
    const userData = MemberMetadata.decode(metadata)?.userData
    const holding: unknown = JSON.parse(userData?.toString() ?? '')
    return isHolding(holding) ? holding : none
  } catch {
    return none
  }
}

function isHolding(value: unknown): value is Holding {
  if (typeof value !== 'object' || value === null) return false
  if (!('partitions' in value) || !('generation' in value)) return false
  const { partitions, generation } = value
  return (
    typeof generation === 'number' &&
    Array.isArray(partitions) &&
    partitions.every((partition) => typeof partition === 'number')
  )
}
