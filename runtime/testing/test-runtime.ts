/** Definitions served on a log in memory, under a clock that the test moves. */

import type { z } from 'zod'
import type { RunOptions } from '../durable/client.ts'
import type { AnyWorkflow, Contract } from '../durable/definition.ts'
import type { KernelSettings } from '../durable/kernel.ts'
import type { Logger } from '../logger.ts'
import { check } from './checker/check.ts'
import { TestCluster } from './test-cluster.ts'
import { TestRun } from './test-run.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface TestRuntimeOptions {
  /** What is served: also the definitions that they call. */
  readonly definitions: readonly AnyWorkflow[]
  readonly clock?: VirtualClock
  /** Topics that they publish on. */
  readonly topics?: readonly string[]
  /** Of every topic; default 2. */
  readonly partitions?: number
  readonly settings?: Partial<KernelSettings>
  readonly logger?: Logger
}

/** A step body that ran. */
export interface BodyRun {
  readonly runId: string
  readonly step: string
  readonly idempotencyKey: string
  readonly attempt: number
}

export interface TestRuntime {
  /** `advance('2 days')` lets everything happen that falls due. */
  readonly clock: VirtualClock
  /** Starts a run and lets everything happen that needs no time. */
  start<I extends z.ZodType, O extends z.ZodType>(
    contract: Contract<I, O>,
    input: z.input<NoInfer<I>>,
    options?: RunOptions,
  ): Promise<TestRun<z.output<O>>>
  /** A run that was started before, by anyone. */
  get<I extends z.ZodType, O extends z.ZodType>(
    contract: Contract<I, O>,
    id: string,
    options?: { readonly key?: string },
  ): TestRun<z.output<O>>
  /** Every body that ran, in order; a crash makes a body run again. */
  readonly bodies: readonly BodyRun[]
  /** JSON values of the records of a topic, partition after partition. */
  published(topic: string): readonly unknown[]
  /** Kills the process as it stands and lets another take its place. */
  crash(): Promise<void>
  /** Ends the process; the invariants of the journal have been checked. */
  stop(): Promise<void>
}

/**
 * Serves definitions in memory. Time stands still unless the test moves it, or awaits a result.
 * @throws Error from `stop` when the log breaks an invariant of the architecture
 */
export async function testRuntime(options: TestRuntimeOptions): Promise<TestRuntime> {
  const clock = options.clock ?? new VirtualClock()
  const cluster = await TestCluster.create({ ...options, clock })
  const client = cluster.client()
  let process = await cluster.process()
  await clock.advance(0)
  return {
    clock,
    async start(contract, input, runOptions) {
      const handle = await cluster.drive(client.start(contract, input, runOptions))
      await clock.advance(0)
      return new TestRun(cluster, handle, contract.name)
    },
    get: (contract, id, runOptions) =>
      new TestRun(cluster, client.get(contract, id, runOptions), contract.name),
    get bodies() {
      return cluster.effects
    },
    published: (topic) =>
      cluster.records(topic).map(({ value }) => {
        const content: unknown = JSON.parse(Buffer.from(value ?? []).toString())
        return content
      }),
    async crash() {
      process.kill()
      process = await cluster.process()
      await clock.advance(0)
    },
    async stop() {
      await process.stop()
      await assertSound(cluster)
    },
  }
}

/** @throws Error naming every invariant that the log of the cluster breaks */
export async function assertSound(cluster: TestCluster): Promise<void> {
  const { violations } = await check(cluster.codec, {
    definitions: cluster.definitionNames,
    records: cluster.records(),
    effects: cluster.effects,
  })
  if (violations.length === 0) return
  const list = violations.map(({ rule, message }) => `${rule} ${message}`).join('\n')
  throw new Error(`the journal breaks what the runtime guarantees:\n${list}`)
}
