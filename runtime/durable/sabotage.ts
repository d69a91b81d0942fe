/**
 * Rules of the kernel that a test may switch off, each to show that the checker notices. Nothing
 * but tests sets one.
 */

export const sabotages = [
  'accept-any-epoch',
  'accept-any-seq',
  'act-before-decided',
  'answer-forgotten',
  'confirm-before-ack',
  'fence-not-checked',
  'inbox-position-too-far',
  'key-differs-per-attempt',
  'outbox-not-resent',
  'result-overwritten',
  'snapshot-misses-a-run',
  'start-not-deduplicated',
  'timer-dropped-on-take-over',
  'timer-fires-early',
] as const

export type Sabotage = (typeof sabotages)[number]
