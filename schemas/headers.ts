/** Headers of a record as CloudEvents 1.0 has them in Kafka's binary mode. */

export interface RecordContext {
  /** Derived from what the record says (run id and seq), so that a repeat has the same. */
  readonly id: string
  /** Who wrote it: the definition. */
  readonly source: string
  /** What it is, such as `stoa.Start`. */
  readonly type: string
  /** Epoch milliseconds. */
  readonly time: number
  readonly traceparent?: string | null
  /** Run id of the root of the tree of calls. */
  readonly correlationId?: string
  /** Id of the entry that caused the record. */
  readonly causationId?: string
}

/** Makes the headers of a record; what is not known has no header. */
export function cloudEventHeaders(context: RecordContext): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: context.id,
    ce_source: context.source,
    ce_type: context.type,
    ce_time: new Date(context.time).toISOString(),
    'content-type': 'application/avro',
  }
  if (context.traceparent != null) headers.traceparent = context.traceparent
  if (context.correlationId !== undefined) headers.correlationid = context.correlationId
  if (context.causationId !== undefined) headers.causationid = context.causationId
  return headers
}
