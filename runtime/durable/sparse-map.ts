/**
 * Maps by operation, of which most runs have nothing, or one thing: very many runs sleep. All that
 * are empty are one, and one of a single entry takes a quarter of the memory, and of the time to make
 * it, of a `Map`.
 */

const empty = new Map<number, never>()

export function emptyMap<V>(): ReadonlyMap<number, V> {
  return empty
}

export function mapOf<T extends { readonly index: number }, V>(
  list: readonly T[],
  valueOf: (item: T) => V,
): ReadonlyMap<number, V> {
  let map: ReadonlyMap<number, V> = empty
  for (const item of list) map = withKey(map, item.index, valueOf(item))
  return map
}

/** The map with an entry; it may be the same one, changed. */
export function withKey<V>(
  map: ReadonlyMap<number, V>,
  key: number,
  value: V,
): ReadonlyMap<number, V> {
  if (map.size === 0) return new SingleEntry(key, value)
  const own = map instanceof Map ? map : new Map<number, V>(map)
  return own.set(key, value)
}

/** The map without an entry; it may be the same one, changed. */
export function withoutKey<V>(map: ReadonlyMap<number, V>, key: number): ReadonlyMap<number, V> {
  if (!map.has(key)) return map
  if (map.size === 1 || !(map instanceof Map)) return empty
  map.delete(key)
  return map
}

/** Whether a value is a map, of this kind or any other. */
export function isMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  return value instanceof Map || value instanceof SingleEntry
}

class SingleEntry<V> implements ReadonlyMap<number, V> {
  readonly #key: number
  readonly #value: V

  constructor(key: number, value: V) {
    this.#key = key
    this.#value = value
  }

  get size(): number {
    return 1
  }

  get(key: number): V | undefined {
    return key === this.#key ? this.#value : undefined
  }

  has(key: number): boolean {
    return key === this.#key
  }

  keys(): MapIterator<number> {
    return this.#map().keys()
  }

  values(): MapIterator<V> {
    return this.#map().values()
  }

  entries(): MapIterator<[number, V]> {
    return this.#map().entries()
  }

  [Symbol.iterator](): MapIterator<[number, V]> {
    return this.entries()
  }

  forEach(call: (value: V, key: number, map: ReadonlyMap<number, V>) => void): void {
    call(this.#value, this.#key, this)
  }

  #map(): Map<number, V> {
    return new Map([[this.#key, this.#value]])
  }
}
