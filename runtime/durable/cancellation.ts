/**
 * When a cancellation takes effect: once no called run is open. The fold and the execution both follow
 * this file, so they always agree.
 */

import type { EntryBody } from '../../schemas/records.ts'

export interface Cancellation {
  readonly cancelReason: string | null
  /** It has taken effect: the code has been told. */
  isCancelDelivered: boolean
  /** Called runs that are open. */
  readonly calls: { readonly size: number }
}

/** Asked for, and not delivered yet. */
export function isCancelPending({ cancelReason, isCancelDelivered }: Cancellation): boolean {
  return cancelReason !== null && !isCancelDelivered
}

/** Lets it take effect if it may; returns whether it did. */
export function deliverCancellation(cancellation: Cancellation): boolean {
  if (!isCancelPending(cancellation) || cancellation.calls.size > 0) return false
  cancellation.isCancelDelivered = true
  return true
}

/** Whether an entry that comes next may let it take effect. */
export function mayDeliver(cancellation: Cancellation, { type }: EntryBody): boolean {
  return type === 'CancelRequested' || (type === 'CallCompleted' && isCancelPending(cancellation))
}
