/**
 * Takes the records of an owned inbox partition in, one after another, in order.
 *
 * 1. A record is done with once its entry stands in a commit, its answer or dead letter is
 *    acknowledged, or it was dropped as seen. The taken position never passes one that is not.
 * 2. Nothing is taken in while the partition does not serve or the service is full; what has been
 *    fetched waits in a bounded buffer, and the partition is paused when that is full.
 */

import { LogError, type ErrorCode } from '../errors.ts'
import type { LogRecord } from '../log/port.ts'
import type { Failure, Message, Outcome, Parent } from '../../schemas/records.ts'
import { definitionTopics } from '../../schemas/topics.ts'
import type { OutboxItem } from '../../schemas/run-state-bytes.ts'
import { bury } from './dead-letter.ts'
import type { AnyWorkflow } from './definition.ts'
import { answerId, takeIn, type Intake } from './intake.ts'
import type { Kernel } from './kernel.ts'
import { replyTo } from './outbox.ts'
import type { RunState } from './run-state.ts'
import { asError, faultOf, largestPayloadBytes } from './payload.ts'
import { recordOverheadBytes, OutboxSender } from './outbox-sender.ts'
import type { Partition } from './partition.ts'
import type { PartitionHost } from './partition-host.ts'
import type { Reserve, Write } from './writer.ts'

const pauseAbove = 2_000
/** What was made of messages, and has not landed: more of it would only wait in memory. */
const mostQueued = 5_000
const mostUnanswered = 200
const resumeBelow = 500
const heldRetryMs = 1_000
/** A payload, and what belongs to a message beside it. */
const largestMessageBytes = largestPayloadBytes + 512 * 1024
const retentionCheckMs = 600_000

/** A record to be written before the inbox record at `offset` is done with. */
interface Answer {
  readonly offset: bigint
  readonly write: (settle: Write['settle']) => Write | undefined
}

export class InboxReader {
  readonly #kernel: Kernel
  readonly #host: PartitionHost
  readonly #partition: Partition
  readonly #sender: OutboxSender
  #buffer: LogRecord[] = []
  #head = 0
  #lastSeen = -1n
  #answers: Answer[] = []
  /** Offsets whose answers are not acknowledged yet. */
  #unanswered = new Map<bigint, number>()
  #isPaused = false
  /** The next record waits for an answer from elsewhere. */
  #isHeld = false
  /** What is missing below this offset was never there. */
  #soundBelow = 0n
  #tenure = 0
  #trimAt = 0

  constructor(kernel: Kernel, host: PartitionHost, partition: Partition) {
    this.#kernel = kernel
    this.#host = host
    this.#partition = partition
    this.#sender = new OutboxSender(kernel, partition.home, () => undefined)
  }

  /** The last record looked at, done with or not. */
  get lastSeen(): bigint {
    return this.#lastSeen
  }

  begin(taken: bigint): void {
    this.clear()
    this.#lastSeen = taken
    this.#soundBelow = taken
  }

  clear(): void {
    this.#tenure += 1
    this.#buffer = []
    this.#head = 0
    this.#answers = []
    this.#unanswered = new Map()
    this.#isHeld = false
    if (this.#isPaused) this.#host.resume(this.#partition.home.partition)
    this.#isPaused = false
  }

  add(records: readonly LogRecord[]): void {
    for (const record of records) this.#buffer.push(record)
    if (!this.#isPaused && this.#buffer.length - this.#head > pauseAbove) {
      this.#isPaused = true
      this.#host.pause(this.#partition.home.partition)
    }
    this.takeIn()
  }

  /**
   * Every record up to the returned offset is done with.
   * @param firstQueued offset of the first record whose entry is still queued
   */
  taken(firstQueued: bigint | null): bigint {
    let taken = this.#lastSeen
    if (firstQueued !== null && firstQueued <= taken) taken = firstQueued - 1n
    for (const offset of this.#unanswered.keys()) if (offset <= taken) taken = offset - 1n
    return taken
  }

  takeIn(): void {
    while (this.#canTakeIn()) {
      const record = this.#buffer[this.#head]
      if (record === undefined) break
      if (record.offset <= this.#lastSeen) {
        this.#head += 1
        continue
      }
      if (record.offset > this.#lastSeen + 1n && record.offset > this.#soundBelow) {
        this.#lookInto(record.offset)
        break
      }
      const message = this.#decode(record)
      if (message === undefined) break
      this.#head += 1
      this.#lastSeen = record.offset
      if (message instanceof LogError) {
        this.#bury(record, unreadableCode(message) ?? 'MESSAGE_UNREADABLE', message.message)
      } else this.#enter(record, message)
    }
    this.#compact()
  }

  /** Writes answers and dead letters. */
  collect(reserve: Reserve): readonly Write[] {
    const writes: Write[] = []
    const left: Answer[] = []
    for (const answer of this.#answers) {
      const tenure = this.#tenure
      const write = answer.write((result) => {
        if (tenure === this.#tenure) this.#settle(answer, result)
      })
      const bytes = (write?.record.value.byteLength ?? 0) + recordOverheadBytes
      if (write !== undefined && reserve(write.topic, write.partition, bytes)) writes.push(write)
      else left.push(answer)
    }
    this.#answers = left
    return writes
  }

  /** The journal holds that everything up to `taken` is done with: what is old enough is trimmed. */
  decided(taken: bigint): void {
    const { clock, log, settings } = this.#kernel
    if (clock.now() < this.#trimAt || taken < 0n) return
    this.#trimAt = clock.now() + retentionCheckMs
    const { definition, partition } = this.#partition.home
    const topic = definitionTopics(definition).inbox
    log
      .offsetAt(topic, partition, clock.now() - settings.inboxRetentionMs)
      .then(async (old) => {
        const before = old > taken ? taken + 1n : old
        const { low } = await log.offsets(topic, partition)
        if (before > low) await log.trim(topic, partition, before)
      })
      .catch((error: unknown) => {
        this.#host.logger.warn(
          { error, topic, partition },
          'trimming the inbox failed; it is tried again',
        )
      })
  }

  #canTakeIn(): boolean {
    const { isActing, queued } = this.#partition
    const isBacklogged = queued > mostQueued || this.#unanswered.size > mostUnanswered
    return isActing && !this.#isHeld && !isBacklogged && !this.#host.isFull()
  }

  /**
   * Offsets are missing before a record. Where they were trimmed, a newer owner has taken them in,
   * and what follows would be judged without knowing them.
   */
  #lookInto(end: bigint): void {
    this.#isHeld = true
    const { definition, partition } = this.#partition.home
    const tenure = this.#tenure
    const resume = () => {
      if (tenure !== this.#tenure) return
      this.#isHeld = false
      this.takeIn()
    }
    this.#kernel.log.offsets(definitionTopics(definition).inbox, partition).then(
      ({ low }) => {
        if (tenure !== this.#tenure) return
        if (low > this.#lastSeen + 1n) {
          this.#partition.lose('the inbox was trimmed by a newer owner')
        } else {
          this.#soundBelow = end
          resume()
        }
      },
      (error: unknown) => {
        this.#host.logger.warn({ error }, 'a gap in the inbox waits for the log')
        this.#kernel.clock.after(heldRetryMs, resume)
      },
    )
  }

  /** The message, the reason why it cannot be read, or undefined when that takes a while. */
  #decode(record: LogRecord): Message | LogError | undefined {
    const unreadable = (why: string, cause?: unknown) =>
      new LogError(`a record of the inbox cannot be read: ${why}`, {
        code: 'MESSAGE_UNREADABLE',
        cause,
      })
    if (record.value === null) return unreadable('it has no value')
    if (record.value.byteLength > largestMessageBytes) return tooLarge(record.value.byteLength)
    try {
      const decoded = this.#kernel.codec.message.decode(record.value)
      if (!(decoded instanceof Promise)) return decoded
      this.#isHeld = true
      this.#resumeAfter(decoded)
      return undefined
    } catch (error) {
      return error instanceof LogError ? error : unreadable(faultOf(error), error)
    }
  }

  #resumeAfter(decoded: Promise<Message>): void {
    const tenure = this.#tenure
    const resume = () => {
      if (tenure !== this.#tenure) return
      this.#isHeld = false
      this.takeIn()
    }
    decoded.then(resume, (error: unknown) => {
      if (tenure !== this.#tenure) return
      const record = this.#buffer[this.#head]
      const code = error instanceof LogError ? unreadableCode(error) : undefined
      if (code === undefined || record === undefined) {
        this.#host.logger.warn({ error }, 'a record waits for the schema registry')
        this.#kernel.clock.after(heldRetryMs, resume)
        return
      }
      this.#head += 1
      this.#lastSeen = record.offset
      this.#bury(record, code, asError(error).message)
      resume()
    })
  }

  #enter(record: LogRecord, message: Message): void {
    const { runId } = message
    const partition = this.#partition
    const run = partition.state.runs.get(runId)
    const queued = partition.queuedOf(runId)
    const isBlind = this.#kernel.settings.sabotage === 'message-not-deduplicated'
    const isForgetful = this.#kernel.settings.sabotage === 'start-not-deduplicated'
    const intake: Intake = takeIn(
      { version: this.#host.current.version, signals: this.#signalsOf(run) },
      message,
      record.headers.traceparent ?? null,
      isForgetful && run?.status === 'ended'
        ? undefined
        : isBlind && run
          ? { ...run, seen: [] }
          : run,
      queued,
    )
    switch (intake.verdict) {
      case 'enter':
        partition.enter(runId, intake.body, record.offset)
        return
      case 'answer':
        this.#answer(record.offset, message, intake.outcome, intake.parent, run?.at ?? 0)
        return
      case 'refuse':
        this.#refuse(record.offset, message)
        return
      case 'bury':
        this.#bury(record, intake.code, intake.cause)
        return
      case 'drop':
        // Why it is dropped may still be queued, and be lost with this owner.
        if (queued.length > 0) partition.hold(runId, record.offset)
        partition.positionsMoved()
        return
    }
  }

  /** Its own version says what a run understands; undefined when nobody here serves that. */
  #signalsOf(run: RunState | undefined): AnyWorkflow['signals'] | undefined {
    const { current } = this.#host
    return run === undefined ? current.signals : this.#host.definitionOf(run.version)?.signals
  }

  #answer(
    offset: bigint,
    message: Message,
    outcome: Outcome,
    parent: Parent | null,
    endedAt: number,
  ): void {
    if (this.#kernel.settings.sabotage === 'answer-forgotten') return
    const { runId } = message
    const result: OutboxItem =
      this.#kernel.settings.sabotage === 'result-overwritten'
        ? { kind: 'result', runId, endedAt: endedAt + 1, outcome }
        : { kind: 'result', runId, endedAt, outcome }
    const items = [
      result,
      ...(parent === null ? [] : [replyTo(parent, answerId(message.id), outcome)]),
    ]
    for (const item of items) this.#send(offset, item)
  }

  /** Tells who asked that there is no such run, by an outcome of the question and not of the run. */
  #refuse(offset: bigint, { id, runId }: Message): void {
    if (this.#kernel.settings.sabotage === 'question-not-refused') {
      this.#partition.positionsMoved()
      return
    }
    const message = `run ${runId} is not known here`
    const error: Failure = { name: 'UsageError', code: 'RUN_NOT_FOUND', message, details: null }
    const outcome: Outcome = { status: 'failed', error }
    // Nothing has ended, and the answer to a copy of the question is byte-identical.
    this.#send(offset, { kind: 'result', runId: answerId(id), endedAt: 0, outcome })
  }

  #send(offset: bigint, item: OutboxItem): void {
    this.#addAnswer({ offset, write: (settle) => this.#sender.writeOf(item, settle) })
  }

  #bury(record: LogRecord, code: ErrorCode, cause: string): void {
    const { topic, partition, offset } = record
    const id = `${topic}/${String(partition)}/${String(offset)}`
    this.#addAnswer({ offset, write: bury(this.#kernel, { ...record, id }, code, cause) })
  }

  #addAnswer(answer: Answer): void {
    this.#answers.push(answer)
    if (this.#kernel.settings.sabotage !== 'position-before-dead-letter') {
      this.#unanswered.set(answer.offset, (this.#unanswered.get(answer.offset) ?? 0) + 1)
    }
    this.#kernel.writer.wake()
  }

  #settle(answer: Answer, result: Parameters<Write['settle']>[0]): void {
    if ('error' in result) {
      this.#answers.push(answer)
    } else {
      const left = (this.#unanswered.get(answer.offset) ?? 1) - 1
      if (left > 0) this.#unanswered.set(answer.offset, left)
      else this.#unanswered.delete(answer.offset)
      this.#partition.positionsMoved()
      this.takeIn()
    }
    this.#kernel.writer.wake()
  }

  #compact(): void {
    if (this.#head > 1_000 || this.#head === this.#buffer.length) {
      this.#buffer = this.#buffer.slice(this.#head)
      this.#head = 0
    }
    if (this.#isPaused && this.#buffer.length - this.#head < resumeBelow) {
      this.#isPaused = false
      this.#host.resume(this.#partition.home.partition)
    }
  }
}

/** No client of ours writes one, and what is made of it might not fit into the journal. */
function tooLarge(bytes: number): LogError {
  return new LogError(
    `a message has ${String(bytes)} bytes, the limit is ${String(largestMessageBytes)}`,
    { code: 'ENTRY_TOO_LARGE' },
  )
}

function unreadableCode({ code }: LogError): ErrorCode | undefined {
  const codes: readonly ErrorCode[] = [
    'MESSAGE_UNREADABLE',
    'RECORD_FOREIGN',
    'CODEC_UNKNOWN_SCHEMA',
    'ENTRY_TOO_LARGE',
  ]
  return codes.find((each) => each === code)
}
