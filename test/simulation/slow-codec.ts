/**
 * A codec that meets schemas it does not know yet: some records are decoded only after a while, and
 * some only after the registry has failed to answer.
 */

import type { Clock } from '../../runtime/clock.ts'
import { LogError } from '../../runtime/errors.ts'
import type { Codec, RecordCodec } from '../../schemas/codec.ts'
import type { Draw } from '../workload/draw.ts'

/** @param slowness the chance that a record takes a while */
export function slowCodec(codec: Codec, clock: Clock, slowness: () => number, draw: Draw): Codec {
  function slow<T>(of: RecordCodec<T>): RecordCodec<T> {
    const pass = () =>
      new Promise<void>((resolve) => {
        clock.after(draw.int(1, 30), resolve)
      })
    return {
      encode: (value) => of.encode(value),
      decode: (bytes) => {
        if (!draw.chance(slowness())) return of.decode(bytes)
        const isUnanswered = draw.chance(0.2)
        return pass().then(() => {
          if (isUnanswered) {
            throw new LogError('the registry did not answer', { code: 'LOG_UNAVAILABLE' })
          }
          return of.decode(bytes)
        })
      },
    }
  }
  return { ...codec, message: slow(codec.message), commit: slow(codec.commit) }
}
