/** The public entry point `stoa/testing`. */

export {
  crashEverywhere,
  type Crash,
  type CrashEverywhereOptions,
  type Later,
  type SentSignal,
  type Survived,
} from './crash-everywhere.ts'
export type { RecordedEntry, RecordedHistory } from './recorded-history.ts'
export { replayHistories } from './replay-histories.ts'
export type { TestRun } from './test-run.ts'
export {
  testRuntime,
  type BodyRun,
  type TestRuntime,
  type TestRuntimeOptions,
} from './test-runtime.ts'
export { VirtualClock } from './virtual-clock.ts'
