/** Ends a `switch` over a union: a case that was forgotten does not compile, and does not run. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`)
}
