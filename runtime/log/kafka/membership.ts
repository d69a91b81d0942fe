/**
 * A process's place in a consumer group, over the group protocol itself: kafkajs's consumer has no
 * static membership, forgets its member id when it restarts, and ties membership to fetching.
 *
 * 1. A lost connection is not a lost place: the same member goes on under its id and generation.
 * 2. Every assignment is reported, also one that changes nothing.
 * 3. A static member never leaves by itself; a process that takes its id shuts it out for good.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import protocol, { type Call } from 'kafkajs/src/protocol/requests/index.js'
import type { Logger } from '../../logger.ts'
import { assign, decodeAssignment, encodeSubscription, protocolName } from './assignment.ts'
import type { Connections, Purpose } from './connections.ts'
import { brokerError } from './errors.ts'
import type { Topics } from './topics.ts'

export interface MembershipParts {
  readonly connections: Connections
  readonly topics: Topics
  readonly logger: Logger
}

export interface MembershipOptions {
  readonly group: string
  readonly topic: string
  readonly instanceId: string | undefined
  readonly sessionTimeoutMs: number
  readonly purpose: Purpose
  /** Called with none once the place is lost for good. */
  readonly onAssigned: (partitions: readonly number[]) => void
}

/** Who the process is to the coordinator. */
export interface MemberIdentity {
  readonly memberId: string
  readonly generation: number
}

const { requests } = protocol
const findCoordinator = requests.GroupCoordinator.protocol({ version: 2 })
const joinGroup = requests.JoinGroup.protocol({ version: 5 })
const syncGroup = requests.SyncGroup.protocol({ version: 3 })
const heartbeat = requests.Heartbeat.protocol({ version: 3 })
const leaveGroup = requests.LeaveGroup.protocol({ version: 3 })

const groupCoordinator = 0
const shortestRebalanceMs = 10_000
const pauseMs = 100
const longPauseMs = 1_000

export class Membership {
  readonly #parts: MembershipParts
  readonly #options: MembershipOptions
  readonly #stopping = new AbortController()
  #coordinator: number | undefined
  #memberId = ''
  #generation = -1
  #held: readonly number[] = []
  #isJoined = false
  #isOut = false
  /** The generation in which the partitions held were assigned. */
  #heldGeneration = -1
  /** Nobody else can have owned them between the last two assignments. */
  #isUnbroken = false
  #running: Promise<void> = Promise.resolve()

  constructor(parts: MembershipParts, options: MembershipOptions) {
    this.#parts = parts
    this.#options = options
  }

  /**
   * Undefined before the first join and once the place is lost. The generation is that in which what
   * is held was assigned: in a newer one, somebody else may hold it.
   */
  get identity(): MemberIdentity | undefined {
    if (this.#isOut || this.#heldGeneration < 0) return undefined
    return { memberId: this.#memberId, generation: this.#heldGeneration }
  }

  start(): void {
    this.#running = this.#run()
  }

  /** The broker that coordinates the group. */
  async coordinator(): Promise<number> {
    if (this.#coordinator !== undefined) return this.#coordinator
    const { connections } = this.#parts
    const call = findCoordinator({
      groupId: this.#options.group,
      coordinatorType: groupCoordinator,
    })
    const { coordinator } = await connections.sendToAny(call)
    connections.learn(coordinator)
    this.#coordinator = coordinator.nodeId
    return coordinator.nodeId
  }

  forgetCoordinator(): void {
    this.#coordinator = undefined
  }

  /** Leaves the group, unless the member is static: then its partitions wait for its return. */
  async stop(): Promise<void> {
    const { connections, logger } = this.#parts
    const { group, instanceId, purpose } = this.#options
    this.#stopping.abort()
    connections.drop(purpose)
    await this.#running
    this.#isOut = true
    if (instanceId !== undefined || this.#memberId === '') return
    try {
      const call = leaveGroup(this.#member())
      await connections.sendTo(await this.coordinator(), 'general', call)
    } catch (error) {
      logger.warn({ err: error, group }, 'the group could not be left in order')
    }
  }

  async #run(): Promise<void> {
    while (!this.#isStopping()) {
      let assigned: readonly number[] | undefined
      try {
        if (this.#isJoined) await this.#beat()
        else assigned = await this.#join()
      } catch (error) {
        if (this.#isStopping()) return
        const waitMs = this.#onError(error)
        if (waitMs > 0) await this.#sleep(waitMs)
      }
      if (this.#hasLostPlace()) {
        this.#options.onAssigned([])
        return
      }
      if (assigned !== undefined) {
        // Between two generations that do not follow each other anybody may have owned anything.
        if (!this.#isUnbroken) this.#options.onAssigned([])
        this.#options.onAssigned(assigned)
      }
    }
  }

  async #join(): Promise<readonly number[]> {
    const { topics } = this.#parts
    const { topic, sessionTimeoutMs } = this.#options
    const rebalanceTimeout = Math.max(sessionTimeoutMs, shortestRebalanceMs)
    const metadata = encodeSubscription(topic, {
      partitions: this.#held,
      generation: this.#generation,
    })
    const joined = await this.#send(
      joinGroup({
        ...this.#member(),
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout,
        protocolType: 'consumer',
        groupProtocols: [{ name: protocolName, metadata }],
      }),
      rebalanceTimeout + sessionTimeoutMs,
    )
    this.#memberId = joined.memberId
    this.#generation = joined.generationId

    const isLeader = joined.leaderId === joined.memberId
    const groupAssignment = isLeader ? assign(topic, await topics.count(topic), joined.members) : []
    const { memberAssignment } = await this.#send(
      syncGroup({ ...this.#member(), generationId: this.#generation, groupAssignment }),
      rebalanceTimeout,
    )
    this.#held = decodeAssignment(topic, memberAssignment)
    const since = this.#generation - this.#heldGeneration
    this.#isUnbroken = this.#heldGeneration < 0 || since === 0 || since === 1
    this.#heldGeneration = this.#generation
    this.#isJoined = true
    return this.#held
  }

  async #beat(): Promise<void> {
    await this.#sleep(heartbeatMs(this.#options.sessionTimeoutMs))
    if (this.#isStopping()) return
    await this.#send(heartbeat({ ...this.#member(), groupGenerationId: this.#generation }))
  }

  /** Learns from an error; returns how long to wait before going on. */
  #onError(error: unknown): number {
    const { logger } = this.#parts
    const { group, instanceId } = this.#options
    const name = brokerError(error)
    logger.debug({ err: error, group }, 'the place in the group was disturbed')
    switch (name) {
      case 'MEMBER_ID_REQUIRED':
        this.#memberId = memberIdOf(error)
        return 0
      case 'REBALANCE_IN_PROGRESS':
      case 'ILLEGAL_GENERATION':
        this.#isJoined = false
        return 0
      case 'UNKNOWN_MEMBER_ID':
        this.#isJoined = false
        this.#memberId = ''
        return 0
      case 'FENCED_INSTANCE_ID':
        this.#isOut = true
        logger.warn({ group, instanceId }, 'another process has taken the instance id')
        return 0
      case undefined:
      case 'NOT_COORDINATOR_FOR_GROUP':
      case 'GROUP_COORDINATOR_NOT_AVAILABLE':
      case 'GROUP_LOAD_IN_PROGRESS':
        this.#coordinator = undefined
        return pauseMs
      default:
        logger.error({ err: error, group }, 'the group cannot be joined')
        this.#coordinator = undefined
        return longPauseMs
    }
  }

  async #send<R>(call: Call<R>, waitMs?: number): Promise<R> {
    const coordinator = await this.coordinator()
    return this.#parts.connections.sendTo(coordinator, this.#options.purpose, call, waitMs)
  }

  #hasLostPlace(): boolean {
    return this.#isOut
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  #member() {
    return {
      groupId: this.#options.group,
      memberId: this.#memberId,
      groupInstanceId: this.#options.instanceId ?? null,
    }
  }

  async #sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
  }
}

/** Often enough to hear soon of one that leaves; five a second take half a hundredth of a core. */
function heartbeatMs(sessionTimeoutMs: number): number {
  return Math.min(Math.max(sessionTimeoutMs / 50, 50), 200)
}

function memberIdOf(error: unknown): string {
  const id = error instanceof Error && 'memberId' in error ? error.memberId : undefined
  return typeof id === 'string' ? id : ''
}
