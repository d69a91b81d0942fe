/** Values as JSON that people can read; offsets, which may be larger than a number, as text. */

export function jsonText(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner),
    2,
  )
}
