import { expect, test } from 'vitest'
import type { EntryBody } from '../../schemas/index.ts'
import { payloadOf, summaryLine } from './entry-summary.ts'

const error = { name: 'TerminalError', code: 'REFUSED', message: 'it was refused', details: null }

const lines: readonly (readonly [EntryBody, string])[] = [
  [
    {
      ...{ type: 'RunStarted', messageId: 'm', version: '2', input: Buffer.from('{"secret":1}') },
      ...{ root: 'r', traceparent: null },
      parent: { definition: 'review', partition: 0, runId: 'r', index: 1 },
    },
    'version 2, called by review r',
  ],
  [
    { type: 'StepCompleted', index: 1, name: 'read', attempt: 2, output: Buffer.from('"x"') },
    "'read', attempt 2",
  ],
  [
    { type: 'StepFailed', index: 1, name: 'read', attempt: 1, error, retryAt: 0 },
    "'read', attempt 1: it was refused [REFUSED], again at 1970-01-01T00:00:00.000Z",
  ],
  [
    { type: 'CallCompleted', index: 3, outcome: { status: 'failed', error } },
    'that of operation 3: failed, it was refused [REFUSED]',
  ],
  [{ type: 'RunParked', error }, 'it was refused [REFUSED]'],
  [{ type: 'RunCompleted', output: Buffer.from('"x"') }, ''],
]

test.each(lines)('%j in a few words', (body, line) => {
  expect(summaryLine(body)).toBe(line)
})

test('a payload is shown only when it is asked for', () => {
  const [[started] = []] = lines
  expect(summaryLine(started!)).not.toContain('secret')
  expect(payloadOf(started!)).toEqual({ secret: 1 })
  expect(payloadOf({ type: 'RunParked', error })).toBeUndefined()
})
