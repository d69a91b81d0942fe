/** A Kafka of one or three nodes on empty data, each of which can be killed, stopped and woken. */

import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { archiveFlags } from '../../deploy/local/archives.ts'
import { jvmFlags, startJvm, type Jvm } from '../../deploy/local/jvm.ts'
import type { Platform } from '../../deploy/local/libraries.ts'
import { freePorts } from '../../deploy/local/ports.ts'
import { brokerAnswers } from '../../deploy/local/probe.ts'
import { propertiesText, singleNodeProperties } from '../../deploy/local/server-properties.ts'
import { kafkaTopicAdmin } from '../../runtime/log/kafka/admin.ts'
import { topicPlan } from '../../schemas/index.ts'
import { SmallDisk } from './small-disk.ts'

export interface NodesOptions {
  readonly count: 1 | 3
  readonly platform: Platform
  /** Data and output are kept here. */
  readonly folder: string
  /** See `JvmOptions`. */
  readonly users: string
  readonly lock: string
  /** The data of the first node is on a disk that can be filled. */
  readonly hasSmallDisk: boolean
}

interface Ports {
  readonly port: number
  readonly controllerPort: number
}

export class Nodes {
  readonly all: readonly Node[]
  readonly addresses: readonly string[]

  static async start(options: NodesOptions): Promise<Nodes> {
    const ports = await freePorts(2 * options.count)
    const each = Array.from({ length: options.count }, (_, index) => ({
      port: ports[2 * index] ?? 0,
      controllerPort: ports[2 * index + 1] ?? 0,
    }))
    const nodes = new Nodes(
      each.map((_, index) => new Node(options, index, each)),
      each.map(({ port }) => `127.0.0.1:${String(port)}`),
    )
    await Promise.all(nodes.all.map((node) => node.start()))
    await nodes.#untilTopicsCanBeMade()
    return nodes
  }

  private constructor(all: readonly Node[], addresses: readonly string[]) {
    this.all = all
    this.addresses = addresses
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((node) => node.close()))
  }

  /** A node that has joined answers before the controller counts on it. */
  async #untilTopicsCanBeMade(): Promise<void> {
    const admin = kafkaTopicAdmin({ brokers: [...this.addresses], clientId: 'chaos' })
    const options = { partitions: 1, replicationFactor: this.all.length }
    for (let tries = 0; ; tries += 1) {
      try {
        await admin.create([topicPlan(`began-${String(tries)}`, {}, options)])
        break
      } catch (error) {
        if (tries > 100) throw error
        await sleep(200)
      }
    }
    await admin.close()
  }
}

export class Node {
  readonly #options: NodesOptions
  readonly #index: number
  readonly #ports: readonly Ports[]
  readonly #folder: string
  #disk: SmallDisk | undefined
  #jvm: Jvm | undefined

  constructor(options: NodesOptions, index: number, ports: readonly Ports[]) {
    this.#options = options
    this.#index = index
    this.#ports = ports
    this.#folder = join(options.folder, `node-${String(index + 1)}`)
  }

  get disk(): SmallDisk | undefined {
    return this.#disk
  }

  /** Starts it on its data, or on empty data; resolves when it answers. */
  async start(): Promise<void> {
    const { platform, users, lock, hasSmallDisk } = this.#options
    const data = join(this.#folder, 'kafka')
    if (this.#jvm === undefined) {
      mkdirSync(this.#folder, { recursive: true })
      if (hasSmallDisk && this.#index === 0) this.#disk = SmallDisk.mount(data)
      this.#format(data)
    }
    const properties = join(this.#folder, 'server.properties')
    writeFileSync(properties, this.#properties(data))
    this.#jvm = await startJvm({
      ...{ name: `Kafka node ${String(this.#index + 1)}`, file: 'kafka', directory: this.#folder },
      ...{ users, lock, java: platform.java.command },
      arguments: [
        '-Xms96m',
        '-Xmx512m',
        ...jvmFlags,
        ...archiveFlags(platform, 'kafka', false),
        `-Dlog4j2.configurationFile=${join(import.meta.dirname, '../../deploy/local/log4j2.xml')}`,
        ...['-cp', platform.kafkaClasspath, 'kafka.Kafka', properties],
      ],
    })
    await this.#jvm.ready(() => brokerAnswers(`127.0.0.1:${String(this.#own().port)}`))
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    await this.#jvm?.kill()
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    await this.#jvm?.stop(20_000)
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.#jvm !== undefined) process.kill(this.#jvm.pid, signal)
  }

  /** Resolves when it has ended by itself. */
  async ended(): Promise<void> {
    await this.#jvm?.ended
  }

  async close(): Promise<void> {
    await this.kill()
    this.#disk?.unmount()
  }

  /** A copy of the formatted template; of the second and third node with their own identity. */
  #format(data: string): void {
    cpSync(this.#options.platform.formatted, data, { recursive: true })
    const path = join(data, 'meta.properties')
    const identity = readFileSync(path, 'utf8')
      .replace(/^node\.id=.*$/m, `node.id=${String(this.#index + 1)}`)
      .replace(/^directory\.id=.*$/m, `directory.id=${randomBytes(16).toString('base64url')}`)
    writeFileSync(path, identity)
  }

  #own(): Ports {
    return this.#ports[this.#index] ?? { port: 0, controllerPort: 0 }
  }

  #properties(data: string): string {
    const { port, controllerPort } = this.#own()
    const count = String(this.#ports.length)
    const voters = this.#ports.map(
      (each, index) => `${String(index + 1)}@127.0.0.1:${String(each.controllerPort)}`,
    )
    return propertiesText({
      ...singleNodeProperties,
      ...{ 'process.roles': 'broker,controller', 'node.id': String(this.#index + 1) },
      'controller.quorum.voters': voters.join(','),
      'controller.listener.names': 'CONTROLLER',
      listeners: `PLAINTEXT://127.0.0.1:${String(port)},CONTROLLER://127.0.0.1:${String(controllerPort)}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${String(port)}`,
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      'inter.broker.listener.name': 'PLAINTEXT',
      'log.dirs': data,
      ...{ 'offsets.topic.replication.factor': count, 'default.replication.factor': count },
      'transaction.state.log.replication.factor': count,
      'min.insync.replicas': String(Math.min(2, this.#ports.length)),
      'unclean.leader.election.enable': 'false',
      // A node that was killed is let in again only when its old session has run out.
      ...{ 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '500' },
      ...{ 'num.network.threads': '2', 'num.io.threads': '4' },
      'log.cleaner.dedupe.buffer.size': '10485760',
      'replica.lag.time.max.ms': '5000',
    })
  }
}
