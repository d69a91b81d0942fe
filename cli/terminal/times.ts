/** Times and spans as a person reads them. */

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** A span in its largest unit, such as '3 min'; below a minute with tenths. */
export function span(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.max(0, Math.round(milliseconds))} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`
  const [name, size] = units.find(([, each]) => milliseconds >= each) ?? ['s', 1_000]
  return `${Math.floor(milliseconds / size)} ${name}`
}

/** A moment to the second, in UTC. */
export function moment(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}
