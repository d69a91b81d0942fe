/**
 * One owned partition: the only writer of its journal, and the stage on which its runs act.
 *
 * 1. Only the fence says who owns. While the phase is not `serving`, no commit is built, nothing is
 *    taken in, and no body begins.
 * 2. `next` is the offset that our next commit gets if nobody else has appended.
 * 3. An entry is folded, and has its effects, only once it is decided: by an acknowledgement at `next`,
 *    or by what `recovery.ts` finds in the journal.
 * 4. When a fence of another incarnation is found, the partition is lost: everything is dropped and
 *    nothing is acted upon, also if the group still assigns it to us; then it is acquired again.
 * 5. It serves only once the group has said, after the fence was appended, that it still means us. One
 *    whose place is taken could shut out the newer owner, act, and be gone; and an owner that has
 *    nothing to write would not hear of it.
 */

import { FencedError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { LogRecord } from '../log/port.ts'
import { definitionTopics } from '../../schemas/topics.ts'
import type { Commit, Entry, EntryBody } from '../../schemas/records.ts'
import { Backoff } from './backoff.ts'
import { Checkpointer, sizeOfParts } from './checkpointer.ts'
import { fateOf, type AppendAnswer } from './commit-fate.ts'
import { CommitQueue } from './commit-queue.ts'
import { FenceWriter } from './fence-writer.ts'
import { emptyPartition, fold, type PartitionState } from './fold.ts'
import { InboxReader } from './inbox-reader.ts'
import { journalWrite } from './journal-write.ts'
import type { PlacedCommit } from './journal-reader.ts'
import type { Kernel } from './kernel.ts'
import { owedSince, type Home } from './outbox.ts'
import { OutboxSender } from './outbox-sender.ts'
import type { PartitionHost } from './partition-host.ts'
import { Positions, type Reached } from './positions.ts'
import { checkpointHint, hintMetadata, readPartition } from './read-partition.ts'
import { Recovery } from './recovery.ts'
import { RunTable } from './run-table.ts'
import { trimToCheckpoint } from './trim-journal.ts'
import type { Reserve, Write, WriteSource } from './writer.ts'

const firstRetryMs = 100
const longestRetryMs = 5_000
const commitOverheadBytes = 1_024

type Phase = 'acquiring' | 'serving' | 'recovering' | 'lost'

export class Partition implements WriteSource {
  readonly home: Home
  readonly #kernel: Kernel
  readonly #host: PartitionHost
  readonly #logger: Logger
  readonly #journal: string
  readonly #queue = new CommitQueue()
  readonly #fence: FenceWriter
  readonly #positions: Positions
  readonly #inbox: InboxReader
  #checkpointer: Checkpointer
  readonly #runs: RunTable
  /** Of recoveries, from one commit that is decided to the next. */
  readonly #backoff: Backoff
  readonly #recovery: Recovery
  #outbox: OutboxSender
  #state: PartitionState
  #phase: Phase = 'lost'
  #next = 0n
  /** A commit is on its way. */
  #isInFlight = false
  #isDraining = false
  /** Grows whenever the partition is lost or given up, so that what was begun before is dropped. */
  #tenure = 0

  constructor(kernel: Kernel, host: PartitionHost, home: Home) {
    this.home = home
    this.#kernel = kernel
    this.#host = host
    this.#logger = host.logger.child({ partition: home.partition })
    this.#journal = definitionTopics(home.definition).journal
    this.#fence = new FenceWriter(kernel, home)
    this.#backoff = new Backoff(kernel, firstRetryMs, longestRetryMs)
    this.#recovery = new Recovery(kernel, {
      ...{ home, logger: this.#logger, queue: this.#queue },
      ...{ fence: this.#fence, backoff: this.#backoff },
      tenure: () => this.#tenure,
      next: () => this.#next,
      onStanding: (gap, placed) => this.#goOnBehind(gap, placed),
      onFenced: (commits, next) => this.#goOnFrom(commits, next),
      onLost: (reason) => this.lose(reason),
    })
    this.#positions = new Positions(kernel, () => this.#reached())
    this.#checkpointer = new Checkpointer(kernel.settings)
    this.#state = emptyPartition(home)
    this.#outbox = this.#newOutbox()
    this.#inbox = new InboxReader(kernel, host, this)
    this.#runs = new RunTable(kernel, host, this, this.#logger)
  }

  get state(): PartitionState {
    return this.#state
  }

  /** True while messages are taken in and bodies begun. */
  get isActing(): boolean {
    return this.#phase === 'serving' && !this.#isDraining
  }

  get isIdle(): boolean {
    if (this.#phase !== 'serving') return this.#phase !== 'recovering'
    const isSent = this.#queue.isEmpty && this.#outbox.isEmpty && !this.#isInFlight
    return isSent && !this.#runs.isWorking && !this.#positions.areBeyond(this.#state)
  }

  /** Entries of a run that are not decided yet. */
  queuedOf(runId: string): readonly Entry[] {
    return this.#runs.queued(runId)
  }

  /** Takes ownership, again and again for as long as the group assigns the partition. */
  async acquire(): Promise<void> {
    this.#tenure += 1
    const tenure = this.#tenure
    this.#phase = 'acquiring'
    const backoff = new Backoff(this.#kernel, firstRetryMs, longestRetryMs)
    while (this.#isWanted(tenure)) {
      try {
        await backoff.beforeTry()
        await this.#acquireOnce(tenure)
        return
      } catch (error) {
        if (!this.#isWanted(tenure)) return
        const isFenced = error instanceof FencedError
        if (isFenced) this.#logger.info({ error }, 'a newer owner holds the partition')
        else this.#logger.warn({ error }, 'acquiring the partition failed')
        this.#phase = 'acquiring'
      }
    }
  }

  /** Gives the partition up at once: revoked by the group, or fenced. */
  release(): void {
    this.#tenure += 1
    this.#phase = 'lost'
    this.#runs.clear()
    this.#queue.clear()
    this.#outbox.close()
    this.#inbox.clear()
    this.#positions.stop()
    this.#isInFlight = false
    this.#fence.giveUp()
    this.#state = emptyPartition(this.home)
    this.#kernel.writer.remove(this)
  }

  /** Takes nothing more in and begins no more bodies; what is under way is finished. */
  drain(): void {
    this.#isDraining = true
    // Its entries would wait for the rest of a large snapshot, which is not written any more.
    this.#checkpointer.abandon()
    this.#runs.drain()
    this.#positions.due()
  }

  onRecords(records: readonly LogRecord[]): void {
    if (this.#phase !== 'lost') this.#inbox.add(records)
  }

  /** Entries that have not landed in the journal. */
  get queued(): number {
    return this.#queue.size
  }

  /** Looks again whether anything may be taken in. */
  takeIn(): void {
    this.#inbox.takeIn()
  }

  /** Runs at rest since before this time give up their functions. */
  coolBefore(time: number): void {
    this.#runs.coolBefore(time)
  }

  /** Queues the next entry of a run; without effect once the run is ending. */
  enter(runId: string, body: EntryBody, inboxOffset: bigint | null): void {
    if (this.#phase === 'lost') return
    const entry = this.#runs.nextEntry(runId, body)
    if (entry === null) return
    this.#queue.push(entry, inboxOffset)
    this.#runs.deliver(entry)
    this.#kernel.writer.wake()
  }

  /** An inbox record is not done with before what is queued for a run stands in the journal. */
  hold(runId: string, inboxOffset: bigint): void {
    this.#queue.hold(runId, inboxOffset)
  }

  collect(reserve: Reserve): readonly Write[] {
    if (this.#fence.isWanted) return this.#fence.collect(reserve)
    if (this.#phase !== 'serving') return []
    const writes = [...this.#inbox.collect(reserve), ...this.#outbox.collect(reserve)]
    const { partition } = this.home
    const isPossible = !this.#isInFlight && reserve(this.#journal, partition, 0)
    const commit = isPossible ? this.#buildCommit() : null
    if (commit === null) return writes
    const value = this.#kernel.codec.commit.encode(commit)
    reserve(this.#journal, partition, value.byteLength)
    this.#isInFlight = true
    const tenure = this.#tenure
    return [
      ...writes,
      journalWrite(this.#kernel, this.home, value, 'stoa.Commit', (result) => {
        if (tenure === this.#tenure) this.#settleCommit(commit, value.byteLength, result)
      }),
    ]
  }

  #buildCommit(): Commit | null {
    const isCheckpointDue = this.#checkpointer.isDue && !this.#isDraining
    const hasPositions = this.#positions.areDue(this.#state)
    if (!this.#queue.hasWaiting && !isCheckpointDue && !hasPositions) return null
    const now = this.#kernel.clock.now()
    const checkpoint = isCheckpointDue ? this.#checkpointer.parts(this.#state, now) : []
    const room = this.#kernel.settings.commitBytes - commitOverheadBytes - sizeOfParts(checkpoint)
    const entries = this.#queue.take(Math.max(0, room), this.#checkpointer.heldRun)
    return {
      epoch: this.#state.epoch,
      ...this.#positions.take(),
      fence: null,
      checkpoint,
      entries,
    }
  }

  #reached(): Reached {
    const isSabotaged = this.#kernel.settings.sabotage === 'inbox-position-too-far'
    const { lastSeen } = this.#inbox
    const { outbox, outboxConfirmed } = this.#state
    return {
      inboxTaken: isSabotaged ? lastSeen : this.#inbox.taken(this.#queue.firstInboxOffset()),
      outboxConfirmed: this.#outbox.confirmed(outbox) ?? outboxConfirmed,
    }
  }

  /** An inbox record or an outbox item is done with. */
  positionsMoved(): void {
    if (this.#phase === 'lost') return
    this.#positions.moved(this.#isDraining ? 0 : this.#kernel.settings.positionDelayMs)
  }

  #settleCommit(commit: Commit, bytes: number, answer: AppendAnswer): void {
    const fate = fateOf(answer, this.#next, this.#kernel.settings.sabotage)
    if (fate.is === 'decided') {
      this.#decide({ offset: fate.offset, commit, bytes })
      return
    }
    this.#phase = 'recovering'
    this.#isInFlight = false
    this.#recovery.begin(fate, commit, bytes)
  }

  #decide(placed: PlacedCommit): void {
    this.#isInFlight = false
    this.#backoff.reset()
    this.#queue.settle()
    this.#next = placed.offset + 1n
    this.#foldAndAct([placed])
    this.#inbox.takeIn()
    this.#kernel.writer.wake()
  }

  /** Others have appended before a commit of ours, and it stands nevertheless. */
  #goOnBehind(gap: readonly PlacedCommit[], placed: PlacedCommit): void {
    this.#phase = 'serving'
    this.#foldAndAct(gap)
    this.#decide(placed)
    this.#serve()
  }

  /** A new fence of our own is the last of what stands in the journal. */
  #goOnFrom(commits: readonly PlacedCommit[], next: bigint): void {
    this.#next = next
    this.#foldAndAct(commits)
    this.#checkpointer.abandon()
    this.#queue.dropFolded(this.#state)
    this.#serve()
  }

  async #acquireOnce(tenure: number): Promise<void> {
    const { partition } = this.home
    const checkpointer = new Checkpointer(this.#kernel.settings)
    const { state, fence, taken, from } = await readPartition(this.#kernel, this.home, {
      readHint: async () => checkpointHint((await this.#host.committed(partition)).metadata),
      appendFence: () => {
        if (!this.#isWanted(tenure)) throw new FencedError('the partition was given up')
        this.#kernel.writer.add(this)
        return this.#fence.append()
      },
      onCommit: (commit, bytes) => {
        checkpointer.count(commit, bytes)
      },
      logger: this.#logger,
    })
    await this.#host.confirm(partition, taken + 1n, hintMetadata(state))
    if (tenure !== this.#tenure) throw new FencedError('the partition was given up')
    this.#state = state
    checkpointer.restored(state)
    this.#checkpointer = checkpointer
    this.#outbox = this.#newOutbox()
    if (this.#kernel.settings.sabotage !== 'outbox-not-resent') this.#outbox.add(state.outbox)
    this.#next = fence + 1n
    this.#inbox.begin(taken)
    this.#host.seek(partition, taken + 1n)
    this.#serve()
    this.#runs.takeOver()
    const { size: runs } = state.runs
    const [epoch, began] = [String(state.epoch), String(from)]
    this.#logger.info({ epoch, runs, from: began }, 'partition acquired')
  }

  #foldAndAct(commits: readonly PlacedCommit[]): void {
    for (const { offset, commit, bytes } of commits) {
      const lastCheckpoint = this.#state.lastCheckpoint
      this.#checkpointer.folding(this.#state, commit, bytes)
      const entries = fold(this.#state, offset, commit, this.#kernel.settings.sabotage)
      this.#outbox.add(owedSince(this.#state.outbox, offset))
      if (commit.epoch === this.#state.epoch) {
        this.#checkpointer.decided(this.#state, offset, commit.checkpoint)
      }
      for (const entry of entries) this.#runs.act(entry)
      if (this.#state.lastCheckpoint !== lastCheckpoint) {
        trimToCheckpoint(this.#kernel, this.home, this.#state.lastCheckpoint, this.#logger)
      }
    }
    const { inboxTaken } = this.#state
    this.#inbox.decided(inboxTaken)
    this.#host.commit(this.home.partition, inboxTaken + 1n, hintMetadata(this.#state))
  }

  /** From here on commits are built, records taken in and bodies begun. */
  #serve(): void {
    this.#phase = 'serving'
    this.#runs.beginBodies()
    // A commit of unknown fate may have carried positions; nothing else would bring them again.
    if (this.#positions.areBeyond(this.#state)) this.positionsMoved()
    this.#inbox.takeIn()
    this.#kernel.writer.wake()
  }

  /** Somebody newer owns the partition: everything is dropped, and it is acquired again. */
  lose(reason: string): void {
    this.#logger.info({ reason }, 'partition lost')
    this.release()
    void this.acquire()
  }

  #newOutbox(): OutboxSender {
    return new OutboxSender(this.#kernel, this.home, () => {
      this.positionsMoved()
      this.#kernel.writer.wake()
    })
  }

  #isWanted(tenure: number): boolean {
    return tenure === this.#tenure && this.#host.isAssigned(this.home.partition)
  }
}
