/**
 * The globs of `workspaces`, matched in time that is bounded by the product of the two lengths: a
 * lock is a stranger's, and a regular expression of many stars can be made to take for ever.
 */

/** Says whether a glob of `**`, `*`, `?` and plain parts matches a whole path. */
export function matchesGlob(glob: string, path: string): boolean {
  return matches(glob.split('/'), path.split('/'), '**', (part, segment) =>
    matches(
      Array.from(part),
      Array.from(segment),
      '*',
      (sign, letter) => sign === '?' || sign === letter,
    ),
  )
}

/**
 * Each star takes as little as it can; when the rest then does not fit, only the last star has to
 * be given more, because what stands before it has matched already.
 */
function matches(
  pattern: readonly string[],
  items: readonly string[],
  star: string,
  fits: (part: string, item: string) => boolean,
): boolean {
  let [at, next] = [0, 0]
  let lastStar: { at: number; next: number } | null = null
  while (at < items.length) {
    const part = pattern[next]
    const item = items[at] ?? ''
    if (part === star) {
      lastStar = { at, next }
      next++
    } else if (part !== undefined && fits(part, item)) {
      at++
      next++
    } else if (lastStar !== null) {
      lastStar = { at: lastStar.at + 1, next: lastStar.next }
      at = lastStar.at
      next = lastStar.next + 1
    } else {
      return false
    }
  }
  return pattern.slice(next).every((part) => part === star)
}
