/** What cannot be taken in or delivered goes to the dead letters, with its origin and the cause. */

import { errorCodes, type ErrorCode } from '../errors.ts'
import { cloudEventHeaders } from '../../schemas/headers.ts'
import { deadLettersTopic } from '../../schemas/topics.ts'
import type { Kernel } from './kernel.ts'
import type { Write } from './writer.ts'

/** Of a buried record and of the cause; a dead letter has to fit where the record did. */
const longestBuried = 6 * 1024 * 1024
const longestCause = 16 * 1024

export interface Buried {
  /** Derived from where it comes from, so that a copy has the same. */
  readonly id: string
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}

/** Makes the write of a dead letter, once the topic of dead letters is known. */
export type LetterWrite = (settle: Write['settle']) => Write | undefined

/** Says in the process's log what is buried, and makes its letter. */
export function bury(kernel: Kernel, buried: Buried, code: ErrorCode, cause: string): LetterWrite {
  const { codec, clock, logger, topology } = kernel
  const { id, topic, partition, offset, key, value } = buried
  logger.warn({ topic, partition, offset: String(offset), code, cause }, errorCodes[code])
  const at = clock.now()
  const letter = codec.deadLetter.encode({
    ...{ topic, partition, offset, at, code },
    cause: cause.slice(0, longestCause),
    key: key?.subarray(0, longestCause) ?? null,
    value: value?.subarray(0, longestBuried) ?? null,
  })
  const headers = cloudEventHeaders({ id, source: topic, type: 'stoa.DeadLetter', time: at })
  const record = { key: id, value: letter, headers }
  return (settle) => {
    const target = topology.partitionFor(deadLettersTopic, id)
    return target === undefined
      ? undefined
      : { topic: deadLettersTopic, partition: target, record, settle }
  }
}
