/**
 * Rules of the kernel that a test may switch off, each to show that the checker notices. Nothing
 * but tests sets one.
 */

export const sabotages = [
  'abandoned-checkpoint-goes-on',
  'accept-any-epoch',
  'accept-any-seq',
  'act-before-decided',
  'answer-forgotten',
  'confirm-before-ack',
  'fence-not-checked',
  'inbox-position-too-far',
  'key-differs-per-attempt',
  'message-id-differs-per-copy',
  'message-not-deduplicated',
  'outbox-not-resent',
  'position-before-dead-letter',
  'question-not-refused',
  'recovery-trusts-its-memory',
  'replay-runs-bodies',
  'rest-claimed-early',
  'result-overwritten',
  'retry-begins-early',
  'runs-not-resumed',
  'snapshot-misses-a-run',
  'start-not-deduplicated',
  'timer-dropped-on-take-over',
  'timer-fires-early',
  'timer-fires-twice',
  'trims-too-far',
] as const

export type Sabotage = (typeof sabotages)[number]
