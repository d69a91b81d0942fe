/** The services of the review, watched, one process for each place; whoever fell is started again. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Effect } from '../../runtime/testing/checker/evidence.ts'
import { Service } from './service.ts'
import { readEffects } from './watched.ts'

const program = join(import.meta.dirname, 'watched-service.ts')
const Line = z.looseObject({ msg: z.string(), incarnation: z.string().optional() })

export class WatchedServices {
  readonly #folder = mkdtempSync(join(tmpdir(), 'stoa-watched-'))
  readonly #variables: Readonly<Record<string, string>>
  readonly #places = new Map<string, Service>()
  #past = ''

  constructor(variables: Readonly<Record<string, string>>) {
    this.#variables = variables
  }

  /** Fills a place: a process that takes one again has the instance id of the one before. */
  async start(definition: string, place = definition): Promise<void> {
    const variables = { ...this.#variables, STOA_INSTANCE_ID: place }
    const service = await Service.start([program, definition, this.#folder], variables)
    this.#places.set(place, service)
  }

  async kill(place: string): Promise<void> {
    const service = this.#at(place)
    this.#places.delete(place)
    await service.kill()
    this.#past += service.said
  }

  signal(place: string, signal: NodeJS.Signals): void {
    this.#at(place).signal(signal)
  }

  incarnation(place: string): string {
    const lines = this.#at(place).said.split('\n').slice(0, -1)
    const started = lines.find((line) => line.includes('"service started"')) ?? '{}'
    return Line.parse(JSON.parse(started)).incarnation ?? ''
  }

  /** What the process in a place has logged, or every process that there has been. */
  said(place?: string): string {
    if (place !== undefined) return this.#at(place).said
    return [this.#past, ...[...this.#places.values()].map((service) => service.said)].join('')
  }

  effects(): readonly Effect[] {
    return readEffects(this.#folder)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#places.keys()].map((place) => this.kill(place)))
    rmSync(this.#folder, { recursive: true })
  }

  #at(place: string): Service {
    const service = this.#places.get(place)
    if (service === undefined) throw new Error(`nobody is in the place '${place}'`)
    return service
  }
}
