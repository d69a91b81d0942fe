/** One clock for all processes of a machine, so that what one began another can end. */

/** Milliseconds, with fractions, since some moment that all processes share. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
