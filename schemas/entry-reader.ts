/**
 * Entries of this process's own schema, read without avsc where they are of the frequent kinds: a
 * partition that is taken over is folded before its runs go on, by code that has hardly run yet.
 * The fields are read in the order of `commit.avsc`; a test holds both against avsc.
 */

import { AvroCursor } from './avro-cursor.ts'
import { branchNames } from './avro.ts'
import { EncodedEntry } from './encoded-entry.ts'
import type { Entry, EntryBody, Parent } from './records.ts'
import { entryForm } from './wire.ts'

export class EntryReader {
  readonly #form = entryForm()
  readonly #kinds = branchNames('Commit', ['entries', 'body'])

  /** A whole entry, which shares no memory with its bytes. @throws RangeError, TypeError */
  read(cursor: AvroCursor): Entry {
    const start = cursor.position
    const runId = cursor.string()
    const seq = cursor.long()
    const at = cursor.long()
    const kind = this.#kinds[cursor.long()]
    const body = this.#body(cursor, kind)
    return body === undefined ? this.#any(cursor, start) : { runId, seq, at, body }
  }

  /**
   * An entry with its bytes, for those who do not keep it: what a fold does not ask for, of a start
   * and of a completed step, the greater part of a journal, is read when somebody does.
   * @throws RangeError, TypeError
   */
  skim(cursor: AvroCursor): Entry {
    const start = cursor.position
    const runId = cursor.string()
    const seq = cursor.long()
    const at = cursor.long()
    const kind = this.#kinds[cursor.long()]
    const body =
      this.#skimmedBody(cursor, kind, runId) ??
      this.#body(cursor, kind) ??
      this.#any(cursor, start).body
    return new EncodedEntry(runId, seq, at, body, cursor.buffer, start, cursor.position)
  }

  #skimmedBody(cursor: AvroCursor, kind: string | undefined, runId: string): EntryBody | undefined {
    switch (kind) {
      case 'StepCompleted':
        return new SkimmedStep(cursor)
      case 'RunStarted':
        return new SkimmedStart(cursor, runId)
      default:
        return undefined
    }
  }

  /** The body of an entry; undefined of a kind that is left to avsc. */
  #body(cursor: AvroCursor, kind: string | undefined): EntryBody | undefined {
    switch (kind) {
      case 'RunStarted': {
        const messageId = cursor.string()
        const version = cursor.string()
        const input = cursor.bytes()
        const parent = cursor.isPresent() ? readParent(cursor) : null
        const root = cursor.string()
        const traceparent = cursor.isPresent() ? cursor.string() : null
        return { type: kind, messageId, version, input, parent, root, traceparent }
      }
      case 'StepCompleted': {
        const index = cursor.long()
        const name = cursor.string()
        const attempt = cursor.long()
        return { type: kind, index, name, attempt, output: cursor.bytes() }
      }
      case 'TimerSet':
        return { type: kind, index: cursor.long(), name: cursor.string(), dueAt: cursor.long() }
      case 'TimerFired':
        return { type: kind, index: cursor.long() }
      case 'WaitStarted': {
        const index = cursor.long()
        const name = cursor.string()
        return { type: kind, index, name, dueAt: cursor.isPresent() ? cursor.long() : null }
      }
      case 'SignalReceived': {
        const messageId = cursor.string()
        return { type: kind, messageId, name: cursor.string(), payload: cursor.bytes() }
      }
      case 'CallRequested': {
        const index = cursor.long()
        const name = cursor.string()
        const called = cursor.string()
        const input = cursor.bytes()
        const detached = cursor.boolean()
        const key = cursor.isPresent() ? cursor.string() : null
        return { type: kind, index, name, runId: called, input, detached, key }
      }
      case 'RunCompleted':
        return { type: kind, output: cursor.bytes() }
      default:
        return undefined
    }
  }

  /** Reads with avsc what begins at a position. */
  #any(cursor: AvroCursor, start: number): Entry {
    const { value, offset } = this.#form.type.decode(cursor.buffer, start)
    if (offset < 0) throw new RangeError(`the bytes end within the entry at ${String(start)}`)
    cursor.position = offset
    return this.#form.fromWire(value)
  }
}

/** A start of which that has been read which a fold keeps. */
class SkimmedStart {
  readonly type = 'RunStarted'
  readonly version: string
  readonly parent: Parent | null
  readonly root: string
  readonly traceparent: string | null
  readonly #buffer: Buffer
  readonly #messageId: number
  readonly #input: number

  constructor(cursor: AvroCursor, runId: string) {
    this.#buffer = cursor.buffer
    this.#messageId = cursor.position
    cursor.skip()
    this.version = cursor.string()
    this.#input = cursor.position
    cursor.skip()
    this.parent = cursor.isPresent() ? readParent(cursor) : null
    const root = cursor.string()
    // One string instead of two equal ones.
    this.root = root === runId ? runId : root
    this.traceparent = cursor.isPresent() ? cursor.string() : null
  }

  get messageId(): string {
    return new AvroCursor(this.#buffer, this.#messageId).string()
  }

  get input(): Buffer {
    return new AvroCursor(this.#buffer, this.#input).bytes()
  }
}

/** A step of which only the numbers have been read. */
class SkimmedStep {
  readonly type = 'StepCompleted'
  readonly index: number
  readonly attempt: number
  readonly #buffer: Buffer
  readonly #name: number
  readonly #output: number

  constructor(cursor: AvroCursor) {
    this.index = cursor.long()
    this.#buffer = cursor.buffer
    this.#name = cursor.position
    cursor.skip()
    this.attempt = cursor.long()
    this.#output = cursor.position
    cursor.skip()
  }

  get name(): string {
    return new AvroCursor(this.#buffer, this.#name).string()
  }

  get output(): Buffer {
    return new AvroCursor(this.#buffer, this.#output).bytes()
  }
}

export function readParent(cursor: AvroCursor): Parent {
  const definition = cursor.string()
  const partition = cursor.long()
  return { definition, partition, runId: cursor.string(), index: cursor.long() }
}
