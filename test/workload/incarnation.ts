/** Randomness of a process whose incarnation is known beforehand: a service draws it first. */

import { systemRandomness, type Randomness } from '../../runtime/clock.ts'

export interface KnownIncarnation {
  readonly incarnation: string
  readonly randomness: Randomness
}

export function knownIncarnation(): KnownIncarnation {
  const incarnation = systemRandomness.uuid()
  let isDrawn = false
  return {
    incarnation,
    randomness: {
      number: () => systemRandomness.number(),
      uuid: () => {
        if (isDrawn) return systemRandomness.uuid()
        isDrawn = true
        return incarnation
      },
    },
  }
}
