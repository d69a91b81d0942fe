/** Values as text, the same for equal values: what two states or two records are compared by. */

import { isMap } from '../../durable/sparse-map.ts'

export function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return `<${Buffer.from(value).toString('latin1')}>`
  if (isMap(value)) {
    const entries = [...value].map(([key, of]) => `${canonical(key)}:${canonical(of)}`)
    return `{${entries.sort().join(',')}}`
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'bigint') return String(value)
  if (value === undefined) return 'undefined'
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).filter(([, of]) => of !== undefined)
  return `{${fields
    .map(([name, of]) => `${name}:${canonical(of)}`)
    .sort()
    .join(',')}}`
}
