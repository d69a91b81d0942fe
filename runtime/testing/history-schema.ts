/** The JSON form of entries, parsed: payloads become bytes again. */

import { z } from 'zod'
import { encodePayload } from '../durable/payload.ts'

const payload = z
  .unknown()
  .optional()
  .transform((value) => encodePayload(value, 'a payload of a recorded history'))

const failure = z.object({
  name: z.string(),
  code: z.string(),
  message: z.string(),
  details: z.string().nullable(),
})

const parent = z.object({
  definition: z.string(),
  partition: z.number(),
  runId: z.string(),
  index: z.number(),
})

const outcome = z.discriminatedUnion('status', [
  z.object({ status: z.literal('completed'), output: payload }),
  z.object({ status: z.literal('failed'), error: failure }),
  z.object({ status: z.literal('cancelled'), error: failure }),
])

const index = z.number()
const name = z.string()
const messageId = z.string()

const EntryBodySchema = z.discriminatedUnion('type', [
  z.object({
    ...{ type: z.literal('RunStarted'), messageId, version: z.string(), input: payload },
    ...{ parent: parent.nullable(), root: z.string(), traceparent: z.string().nullable() },
  }),
  z.object({ type: z.literal('RunContinued'), index, input: payload }),
  z.object({ type: z.literal('StepCompleted'), index, name, attempt: z.number(), output: payload }),
  z.object({
    ...{ type: z.literal('StepFailed'), index, name, attempt: z.number() },
    ...{ error: failure, retryAt: z.number().nullable() },
  }),
  z.object({ type: z.literal('TimerSet'), index, name, dueAt: z.number() }),
  z.object({ type: z.literal('TimerFired'), index }),
  z.object({ type: z.literal('WaitStarted'), index, name, dueAt: z.number().nullable() }),
  z.object({ type: z.literal('SignalReceived'), messageId, name, payload }),
  z.object({
    ...{ type: z.literal('CallRequested'), index, name, runId: z.string(), input: payload },
    ...{ detached: z.boolean(), key: z.string().nullable() },
  }),
  z.object({ type: z.literal('CallCompleted'), index, outcome }),
  z.object({ type: z.literal('CallCancelled'), index, name, call: z.number() }),
  z.object({ type: z.literal('CancelRequested'), messageId, reason: z.string() }),
  z.object({ type: z.literal('Published'), index, name, key: z.string(), payload }),
  z.object({ type: z.literal('RunCompleted'), output: payload }),
  z.object({ type: z.literal('RunFailed'), error: failure }),
  z.object({ type: z.literal('RunCancelled'), error: failure }),
  z.object({ type: z.literal('RunParked'), error: failure }),
  z.object({ type: z.literal('RunResumed'), messageId }),
])

/** A run's journal as JSON. */
export const RecordedHistorySchema = z.object({
  definition: z.string(),
  runId: z.string(),
  entries: z.array(z.object({ seq: z.number(), at: z.number(), body: EntryBodySchema })),
})
