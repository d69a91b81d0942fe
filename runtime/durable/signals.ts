/**
 * Which wait takes which signal: waits of one name take its signals in the order in which both
 * stand in the journal. The fold and the execution both follow this file, so they always agree.
 */

export interface Wait {
  readonly index: number
  readonly name: string
}

export interface SignalBook<S extends { readonly name: string }> {
  waits: readonly Wait[]
  /** Signals that no wait has taken. */
  signals: readonly S[]
}

/** A wait begins; returns the signal it takes at once, if there is one. */
export function beginWait<S extends { readonly name: string }>(
  book: SignalBook<S>,
  wait: Wait,
): S | undefined {
  const taken = book.signals.find((signal) => signal.name === wait.name)
  if (taken === undefined) book.waits = book.waits.concat(wait)
  else book.signals = book.signals.filter((signal) => signal !== taken)
  return taken
}

/** A signal arrives; returns the wait that takes it, if there is one. */
export function receiveSignal<S extends { readonly name: string }>(
  book: SignalBook<S>,
  signal: S,
): Wait | undefined {
  const taker = book.waits.find((wait) => wait.name === signal.name)
  if (taker === undefined) book.signals = book.signals.concat(signal)
  else book.waits = book.waits.filter((wait) => wait !== taker)
  return taker
}

export function endWait(book: SignalBook<{ readonly name: string }>, index: number): void {
  if (book.waits.length > 0) book.waits = book.waits.filter((wait) => wait.index !== index)
}
