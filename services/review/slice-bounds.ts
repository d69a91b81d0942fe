/**
 * A list is handed on in slices that fit into a record: a few of its items may have as many bytes
 * as all the others together.
 */

export interface SliceLimits {
  readonly count: number
  /** Of the items as JSON; one that alone has more is a slice of its own. */
  readonly bytes: number
}

/** The index of the first item of each slice, and last the length of the list. */
export function sliceBounds(items: readonly unknown[], limits: SliceLimits): number[] {
  const bounds = [0]
  let [count, bytes] = [0, 0]
  for (const [at, item] of items.entries()) {
    const size = Buffer.byteLength(JSON.stringify(item))
    if (count === limits.count || (count > 0 && bytes + size > limits.bytes)) {
      bounds.push(at)
      count = 0
      bytes = 0
    }
    count += 1
    bytes += size
  }
  return items.length === 0 ? bounds : [...bounds, items.length]
}
