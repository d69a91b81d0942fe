/**
 * JSON.parse keeps the last of two equal keys and says nothing. In a lock that hides an entry from
 * whoever reads it from the top, so the keys that count are looked at in the text itself.
 */

export interface DuplicateKey {
  /** The keys of the objects around it, from the outside. */
  readonly parents: readonly string[]
  readonly key: string
}

interface OpenContainer {
  readonly keys: Set<string> | null
  lastKey: string
}

const quote = 34
const comma = 44
const colon = 58
const backslash = 92

/**
 * Finds repeated keys in the objects of a valid JSON text, down to a depth (the outermost object
 * is depth 1).
 *
 * One pass without recursion: 50 MB take well under a second.
 */
export function duplicateKeys(text: string, deepest: number): DuplicateKey[] {
  const found: DuplicateKey[] = []
  const open: OpenContainer[] = []
  let depth = 0
  let expectsKey = false

  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote: {
        const end = endOfString(text, at)
        const container = open[depth - 1]
        if (expectsKey && depth <= deepest && container?.keys) {
          const key = keyBetween(text, at, end)
          if (container.keys.has(key)) {
            found.push({ parents: open.slice(0, depth - 1).map((outer) => outer.lastKey), key })
          }
          container.keys.add(key)
          container.lastKey = key
        }
        at = end
        break
      }
      case 123: // {
      case 91: {
        // [
        const isObject = text.charCodeAt(at) === 123
        depth++
        if (depth <= deepest) open.push({ keys: isObject ? new Set() : null, lastKey: '' })
        expectsKey = isObject
        break
      }
      case 125: // }
      case 93: // ]
        if (depth <= deepest) open.pop()
        depth--
        break
      case comma:
        expectsKey = true
        break
      case colon:
        expectsKey = false
        break
    }
  }
  return found
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text.charCodeAt(at - slashes - 1) === backslash) slashes++
  return slashes % 2 === 1
}

/** Two spellings of one key are one key. */
function keyBetween(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end)
  if (!raw.includes('\\')) return raw
  const key: unknown = JSON.parse(`"${raw}"`)
  return String(key)
}
