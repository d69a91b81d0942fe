/** A look that may fail: what only tells why a review waits must not end it. */

export interface PatientLookOptions<T> {
  readonly look: () => Promise<T>
  readonly isKafkaThere: () => Promise<boolean>
  /** Milliseconds. */
  readonly now: () => number
}

/** A broker that is started again is back sooner. */
const longestAbsenceMs = 60_000

/**
 * Returns a look that comes to nothing when it fails, and rejects with its error only once Kafka has
 * not answered for a minute.
 */
export function lookPatiently<T>({
  look,
  isKafkaThere,
  now,
}: PatientLookOptions<T>): () => Promise<T | undefined> {
  let goneSince: number | undefined
  return async () => {
    try {
      const seen = await look()
      goneSince = undefined
      return seen
    } catch (error) {
      goneSince = (await isKafkaThere()) ? undefined : (goneSince ?? now())
      if (goneSince !== undefined && now() - goneSince >= longestAbsenceMs) throw error
      return undefined
    }
  }
}
