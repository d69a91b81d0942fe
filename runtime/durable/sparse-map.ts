/**
 * Maps by operation of which most runs have nothing: all that are empty are one, and a run has one of
 * its own only while there is something in it.
 */

const empty = new Map<number, never>()

export function emptyMap<V>(): ReadonlyMap<number, V> {
  return empty
}

export function mapOf<T, V>(
  list: readonly T[],
  entryOf: (item: T) => readonly [number, V],
): ReadonlyMap<number, V> {
  return list.length === 0 ? empty : new Map(list.map(entryOf))
}

/** The map with an entry; it may be the same one, changed. */
export function withKey<V>(
  map: ReadonlyMap<number, V>,
  key: number,
  value: V,
): ReadonlyMap<number, V> {
  if (map.size === 0 || !(map instanceof Map)) return new Map([...map, [key, value]])
  map.set(key, value)
  return map
}

/** The map without an entry; it may be the same one, changed. */
export function withoutKey<V>(map: ReadonlyMap<number, V>, key: number): ReadonlyMap<number, V> {
  if (!map.has(key)) return map
  if (map.size === 1 || !(map instanceof Map)) return emptyMap()
  map.delete(key)
  return map
}
