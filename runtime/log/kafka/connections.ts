/**
 * The brokers of the cluster: which there are, and a link to each for every purpose. Nothing is
 * opened before it is needed.
 */

import protocol, { type Call } from 'kafkajs/src/protocol/requests/index.js'
import { assertNoError, brokerError, unavailable } from './errors.ts'
import { type Address, Link } from './link.ts'
import type { KafkaOptions } from './options.ts'
import { calmRequestQueue } from './patches.ts'

/** What a link is for. A member or follower has some of its own, by its number. */
export type Purpose =
  'general' | 'produce' | `${'member' | 'follow' | 'aside' | 'beside'}-${number}`

const metadata = protocol.requests.Metadata.protocol({ version: 6 })

type Described = Awaited<ReturnType<ReturnType<typeof metadata>['response']['decode']>>

export class Connections {
  readonly #options: KafkaOptions
  readonly #seeds: readonly Address[]
  readonly #nodes = new Map<number, Address>()
  readonly #links = new Map<string, Link>()
  #nextAddress = 0
  #isClosed = false

  constructor(options: KafkaOptions) {
    calmRequestQueue()
    this.#options = options
    this.#seeds = options.brokers.map(parseAddress)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** The leader of each partition of a topic, by index; -1 while there is none. */
  async leaders(topic: string): Promise<readonly number[]> {
    const call = metadata({ topics: [topic], allowAutoTopicCreation: false })
    // By the library's own reading one partition without a leader makes the whole topic an error.
    const parse = (data: Described) => Promise.resolve(data)
    const response = { ...call.response, parse }
    const { brokers, topicMetadata } = await this.sendToAny({ ...call, response })
    for (const { nodeId, host, port } of brokers) this.#learn(nodeId, { host, port })
    const [described] = topicMetadata
    assertNoError(described?.topicErrorCode ?? 0)
    const leaders: number[] = []
    for (const { partitionErrorCode, partitionId, leader } of described?.partitionMetadata ?? []) {
      leaders[partitionId] = partitionErrorCode === 0 ? leader : -1
    }
    return leaders
  }

  /** Sends to one broker, over the link for a purpose. */
  async sendTo<R>(nodeId: number, purpose: Purpose, call: Call<R>, waitMs?: number): Promise<R> {
    const address = this.#nodes.get(nodeId)
    if (address === undefined) throw unavailable(`broker ${nodeId} is not known`)
    return this.#link(purpose, address).send(call, waitMs)
  }

  /** Sends to whichever broker answers. */
  async sendToAny<R>(call: Call<R>): Promise<R> {
    const addresses = [...this.#nodes.values(), ...this.#seeds]
    let lost: unknown
    for (const _ of addresses) {
      const address = addresses[this.#nextAddress % addresses.length]
      if (address === undefined) break
      try {
        return await this.#link('general', address).send(call)
      } catch (error) {
        if (brokerError(error) !== undefined || this.#isClosed) throw error
        this.#nextAddress += 1
        lost = error
      }
    }
    throw unavailable(`no broker of ${this.#options.brokers.join()} answers`, lost)
  }

  /** Makes a broker known that an answer has named. */
  learn(node: { readonly nodeId: number } & Address): void {
    this.#learn(node.nodeId, { host: node.host, port: node.port })
  }

  /** Ends the links for a purpose. */
  drop(purpose: Purpose): void {
    for (const [key, link] of this.#links) {
      if (!key.startsWith(`${purpose} `)) continue
      link.close()
      this.#links.delete(key)
    }
  }

  close(): void {
    this.#isClosed = true
    for (const link of this.#links.values()) link.close()
    this.#links.clear()
  }

  #learn(nodeId: number, address: Address): void {
    this.#nodes.set(nodeId, address)
  }

  #link(purpose: Purpose, address: Address): Link {
    if (this.#isClosed) throw unavailable('the connection to the log is closed')
    const key = `${purpose} ${address.host}:${address.port}`
    const known = this.#links.get(key)
    if (known !== undefined && !known.isClosed) return known
    const hasFetchLine = purpose === 'general' || purpose.startsWith('member')
    const link = new Link(this.#options, address, hasFetchLine)
    this.#links.set(key, link)
    return link
  }
}

function parseAddress(broker: string): Address {
  const colon = broker.lastIndexOf(':')
  return { host: broker.slice(0, colon), port: Number(broker.slice(colon + 1)) }
}
