/** Performs the faults of a trial; each resolves once its cause is gone. */

import { setTimeout as sleep } from 'node:timers/promises'
import { deadLettersTopic, definitionTopics } from '../../schemas/index.ts'
import { notesTopic } from '../workload/definitions.ts'
import { Look } from './client-options.ts'
import type { Fault, FaultKind, ForeignKind } from './plan.ts'
import { clientWire, type Scene } from './scene.ts'

export class Trouble {
  readonly #scene: Scene
  /** What has been done, by kind. */
  readonly done = new Map<FaultKind, number>()
  /** Faults that came while somebody waited for a run. */
  inFlight = 0
  /** Faults of one target wait for each other. */
  readonly #turns = new Map<string, Promise<void>>()

  constructor(scene: Scene) {
    this.#scene = scene
  }

  async make(fault: Fault): Promise<void> {
    const target = this.#targetOf(fault)
    const turn = (this.#turns.get(target) ?? Promise.resolve()).then(async () => {
      const { open } = await this.#scene.client.ask({ what: 'look' }, Look)
      if (!(await this.#make(fault))) return
      if (open > 0) this.inFlight += 1
      this.count(fault.what)
    })
    this.#turns.set(
      target,
      turn.catch(() => undefined),
    )
    await turn
  }

  count(kind: FaultKind): void {
    this.done.set(kind, (this.done.get(kind) ?? 0) + 1)
  }

  #targetOf(fault: Fault): string {
    const { workers } = this.#scene.plan
    switch (fault.what) {
      case 'kill':
      case 'kill at a point':
      case 'freeze':
      case 'clock jump':
        return `worker ${String(fault.seat % workers)}`
      case 'kill a broker':
      case 'freeze a broker':
      case 'rolling restart of brokers':
      case 'disk full':
        return 'brokers'
      case 'latency':
      case 'hang':
      case 'reset':
      case 'slow network':
        return `wire ${String(this.#wireOf(fault.wire))}`
      default:
        return fault.what
    }
  }

  /** Says whether it has happened: a worker may not pass a point, and a disk may not be small. */
  async #make(fault: Fault): Promise<boolean> {
    switch (fault.what) {
      case 'kill at a point': {
        const { seat, point, times, downMs } = fault
        return this.#scene.workers.killAt(seat, { point, times }, downMs)
      }
      case 'disk full':
        return this.#fillDisk(fault.forMs)
      default:
        await this.#makeSurely(fault)
        return true
    }
  }

  async #makeSurely(
    fault: Exclude<Fault, { what: 'kill at a point' | 'disk full' }>,
  ): Promise<void> {
    const { workers, nodes, proxy, storm, sink, client } = this.#scene
    switch (fault.what) {
      case 'kill':
        return workers.kill(fault.seat, fault.downMs)
      case 'freeze':
        return workers.freeze(fault.seat, fault.ms, fault.isReplaced)
      case 'rolling restart':
        return workers.rollingRestart()
      case 'clock jump':
        workers.tell(fault.seat, { what: 'shift clock', ms: fault.byMs })
        await sleep(fault.forMs)
        workers.tell(fault.seat, { what: 'shift clock', ms: 0 })
        return
      case 'rebalance storm':
        return storm.blow(fault.members, fault.forMs)
      case 'kill a broker': {
        const node = await this.#node(fault.node)
        await node.kill()
        await sleep(fault.downMs)
        return node.start()
      }
      case 'freeze a broker': {
        const node = await this.#node(fault.node)
        node.signal('SIGSTOP')
        await sleep(fault.ms)
        node.signal('SIGCONT')
        return
      }
      case 'rolling restart of brokers':
        for (const node of nodes.all) {
          await node.stop()
          await node.start()
          await sleep(1_000)
        }
        return
      case 'latency': {
        const { ms, jitterMs, forMs } = fault
        return proxy.disturb(this.#wireOf(fault.wire), { ms, jitterMs }, forMs)
      }
      case 'hang':
        return proxy.disturb(this.#wireOf(fault.wire), { hangs: fault.direction }, fault.forMs)
      case 'reset':
        proxy.reset(this.#wireOf(fault.wire))
        return
      case 'slow network': {
        const { bytesPerSecond, forMs } = fault
        return proxy.disturb(this.#wireOf(fault.wire), { bytesPerSecond }, forMs)
      }
      case 'foreign records':
        return this.#writeForeign(fault.kind)
      case 'same start':
        client.tell({ what: 'same start', times: fault.times })
        return
      case 'hanging bodies':
        sink.tell({ hangMs: fault.forMs })
        return sleep(fault.forMs)
    }
  }

  async #fillDisk(forMs: number): Promise<boolean> {
    const node = await this.#node(0)
    if (node.disk === undefined) return false
    node.disk.fill()
    // Kafka ends when it cannot write; a quiet one may not notice.
    await Promise.race([node.ended(), sleep(forMs + 5_000)])
    node.disk.empty()
    await node.kill()
    await node.start()
    return true
  }

  /** A wire of a worker, of the clients or of the history. */
  #wireOf(wire: number): number {
    const { workers } = this.#scene.plan
    const at = wire % (workers + 2)
    return at < workers ? at : clientWire + at - workers
  }

  async #node(which: number | 'leader') {
    const { nodes, plan } = this.#scene
    const index = which === 'leader' ? await this.#leaderOf(plan.definitions[0]) : which
    const node = nodes.all[index % nodes.all.length]
    if (node === undefined) throw new Error('there is no such node')
    return node
  }

  /** The node that leads the first journal partition of a definition. */
  async #leaderOf(definition: string): Promise<number> {
    if (this.#scene.nodes.all.length === 1) return 0
    const admin = this.#scene.outsider.admin()
    try {
      await admin.connect()
      const topic = definitionTopics(definition).journal
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      return (topics[0]?.partitions[0]?.leader ?? 1) - 1
    } finally {
      await admin.disconnect()
    }
  }

  /** One record to each partition of every topic that a service or a client reads. */
  async #writeForeign(kind: ForeignKind): Promise<void> {
    const { plan, outsider } = this.#scene
    const topics = [
      ...plan.definitions.flatMap((name) => {
        const { inbox, journal, results } = definitionTopics(name)
        return [inbox, journal, results]
      }),
      deadLettersTopic,
      notesTopic,
    ]
    const value = this.#foreign(kind)
    const batch = topics.map((topic) => {
      const isSingle = topic === deadLettersTopic || topic === notesTopic
      const partitions = Array.from({ length: isSingle ? 1 : plan.partitions }, (_, index) => index)
      const messages = partitions.map((partition) => ({ partition, key: 'stranger', value }))
      return { topic, messages }
    })
    const isTransaction = kind === 'transaction'
    const producer = outsider.producer(
      isTransaction
        ? { transactionalId: 'stranger', idempotent: true, maxInFlightRequests: 1 }
        : {},
    )
    try {
      await producer.connect()
      const sender = isTransaction ? await producer.transaction() : producer
      for (const record of batch) await sender.send(record)
      if ('commit' in sender) await sender.commit()
    } finally {
      await producer.disconnect()
    }
  }

  #foreign(kind: ForeignKind): Buffer | null {
    const { codec } = this.#scene
    const letter = {
      ...{
        topic: 'nowhere',
        partition: 0,
        offset: 0n,
        at: 0,
        code: 'FOREIGN',
        cause: 'a stranger',
      },
      ...{ key: null, value: Buffer.alloc(0) },
    }
    switch (kind) {
      case 'bytes':
      case 'transaction':
        return Buffer.from('written by a stranger')
      case 'other schema':
        return codec.deadLetter.encode(letter)
      case 'large':
        return Buffer.alloc(900_000, 'x')
      case 'empty':
        return null
    }
  }
}
