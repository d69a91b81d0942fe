/**
 * What every adapter of the log has to pass. The tests know the port only; what an adapter alone can
 * do (kill a process, lose an answer, leave a hole) its harness does.
 */

import { afterAll, beforeAll, describe } from 'vitest'
import { appending } from './conformance/appending.ts'
import { following } from './conformance/following.ts'
import type { LogHarness } from './conformance/harness.ts'
import { owning } from './conformance/owning.ts'
import { reading } from './conformance/reading.ts'
import { rejoining } from './conformance/rejoining.ts'

export type { LogHarness } from './conformance/harness.ts'

/** Declares the suite for one adapter. */
export function logConformance(name: string, open: () => Promise<LogHarness>): void {
  describe(name, () => {
    let opened: LogHarness | undefined
    const harness = () => {
      if (opened === undefined) throw new Error('the harness is not open')
      return opened
    }
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(async () => {
      await opened?.close()
    })

    describe('appending', () => appending(harness))
    describe('reading', () => reading(harness))
    describe('following', () => following(harness))
    describe('owning', () => owning(harness))
    describe('rejoining', () => rejoining(harness))
  })
}
