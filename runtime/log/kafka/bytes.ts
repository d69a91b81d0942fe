/** Requests and responses whose bytes we write and read ourselves: those that carry records. */

import Encoder from 'kafkajs/src/protocol/encoder.js'
import type { Call } from 'kafkajs/src/protocol/requests/index.js'

/** Bytes that are ready, as the client library takes the body of a request. */
export class Body extends Encoder {
  constructor(parts: readonly Buffer[]) {
    super(1)
    this.buf = Buffer.concat(parts)
    this.offset = this.buf.length
  }
}

export interface ReadyCallParts<R> {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  readonly body: readonly Buffer[]
  /** Reads the body of the response. */
  readonly read: (body: FieldReader) => R
}

/** A request that needs nothing of the client library but an open connection. */
export class ReadyCall<R> implements Call<R> {
  readonly request: Call<R>['request']
  readonly response: Call<R>['response']
  readonly read: (body: Buffer) => R
  readonly #parts: ReadyCallParts<R>

  constructor(parts: ReadyCallParts<R>) {
    const { apiKey, apiVersion, apiName, body, read } = parts
    this.#parts = parts
    this.read = (bytes) => read(new FieldReader(bytes))
    this.request = { apiKey, apiVersion, apiName, encode: async () => new Body(body) }
    this.response = { decode: async (bytes) => this.read(bytes), parse: async (data) => data }
  }

  /** The whole request, with its length and header (version 1) before it. */
  bytes(correlationId: number, clientId: string): Buffer {
    const { apiKey, apiVersion, body } = this.#parts
    const client = Buffer.from(clientId)
    const header = Buffer.allocUnsafe(14)
    const length = body.reduce((sum, part) => sum + part.length, 10 + client.length)
    header.writeInt32BE(length, 0)
    header.writeInt16BE(apiKey, 4)
    header.writeInt16BE(apiVersion, 6)
    header.writeInt32BE(correlationId, 8)
    header.writeInt16BE(client.length, 12)
    return Buffer.concat([header, client, ...body], 4 + length)
  }
}

export function int16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2)
  bytes.writeInt16BE(value)
  return bytes
}

export function int32(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(4 * values.length)
  values.forEach((value, index) => bytes.writeInt32BE(value, 4 * index))
  return bytes
}

export function string(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([int16(bytes.length), bytes])
}

/** Reads fields of a response one after another. */
export class FieldReader {
  readonly #bytes: Buffer
  #position = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int16(): number {
    this.#position += 2
    return this.#bytes.readInt16BE(this.#position - 2)
  }

  int32(): number {
    this.#position += 4
    return this.#bytes.readInt32BE(this.#position - 4)
  }

  int64(): bigint {
    this.#position += 8
    return this.#bytes.readBigInt64BE(this.#position - 8)
  }

  string(): string {
    const length = Math.max(this.int16(), 0)
    this.#position += length
    return this.#bytes.toString('utf8', this.#position - length, this.#position)
  }

  /** A view of the next bytes. */
  bytes(): Buffer {
    const length = Math.max(this.int32(), 0)
    this.#position += length
    return this.#bytes.subarray(this.#position - length, this.#position)
  }

  array<T>(read: (reader: FieldReader) => T): T[] {
    const length = Math.max(this.int32(), 0)
    return Array.from({ length }, () => read(this))
  }
}
