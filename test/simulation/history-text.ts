/** What happened in a simulation, one line for each record and body, in the order of the log's time. */

import type { Evidence } from '../../runtime/testing/checker/evidence.ts'
import type { LogRecord } from '../../runtime/log/port.ts'
import type { Codec } from '../../schemas/codec.ts'
import type { Commit } from '../../schemas/records.ts'
import { deadLettersTopic } from '../../schemas/topics.ts'

const widest = 300

export function historyText(evidence: Evidence, codec: Codec): string {
  const lines = evidence.records.map((record) => {
    const { topic, partition, offset, timestamp } = record
    const place = `${topic}[${String(partition)}]@${String(offset)}`
    return { time: timestamp, text: `${place} ${contentOf(record, codec)}` }
  })
  for (const { idempotencyKey, attempt, incarnation, begunAt, endedAt } of evidence.effects ?? []) {
    const end = endedAt === null ? 'never ended' : `ended ${String(endedAt)}`
    const who = incarnation?.slice(0, 4) ?? ''
    const text = `  body ${idempotencyKey} attempt ${String(attempt)} in ${who}, ${end}`
    lines.push({ time: begunAt, text })
  }
  return lines
    .sort((left, right) => left.time - right.time)
    .map(({ time, text }) => `${String(time)} ${text}`)
    .join('\n')
}

function contentOf({ topic, value, headers }: LogRecord, codec: Codec): string {
  const bytes = value ?? new Uint8Array()
  try {
    if (topic.endsWith('.journal')) return commitText(codec.commit.decode(bytes), headers.ce_id)
    if (topic.endsWith('.inbox')) return plain(codec.message.decode(bytes))
    if (topic.endsWith('.results')) return plain(codec.result.decode(bytes))
    if (topic === deadLettersTopic) return plain(codec.deadLetter.decode(bytes))
    return Buffer.from(bytes).toString().slice(0, widest)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function commitText(commit: Commit | Promise<Commit>, id: string | undefined): string {
  if (commit instanceof Promise) return ''
  if (commit.fence !== null) return `fence of ${commit.fence.incarnation.slice(0, 4)}`
  const { epoch, inboxTaken, outboxConfirmed, checkpoint, entries } = commit
  const { offset, index } = outboxConfirmed
  const writer = id?.split('/')[2]?.slice(0, 4) ?? ''
  const positions = `epoch ${String(epoch)} by ${writer}, taken ${String(inboxTaken)}, confirmed ${String(offset)}/${String(index)}`
  const parts = checkpoint.map((part) =>
    part.type === 'RunSnapshot' ? `snapshot ${part.runId}` : part.type,
  )
  const lines = entries.map(
    ({ runId, seq, body }) => `\n    ${runId} ${String(seq)} ${body.type} ${plain(body)}`,
  )
  return [positions, ...parts].join(', ') + lines.join('')
}

/** As JSON, with payloads as the text they are. */
function plain(value: unknown): string {
  const text = JSON.stringify(value, (_name, part: unknown) => {
    if (typeof part === 'bigint') return String(part)
    const isBytes = typeof part === 'object' && part !== null && 'type' in part && 'data' in part
    return isBytes && part.type === 'Buffer' && Array.isArray(part.data)
      ? Buffer.from(part.data).toString()
      : part
  })
  return text.slice(0, widest)
}
