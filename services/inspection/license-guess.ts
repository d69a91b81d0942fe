/**
 * What a declaration that is not SPDX most likely means. A guess lets a licence pass, so it is made
 * only where nothing but the name of a licence is left unexplained: the library that corrects
 * names finds MIT in "not MIT", and the Unlicense in UNLICENSED.
 */

import correct from 'spdx-correct'
import { parseSpdx } from '../contracts/spdx.ts'

/** Words that change nothing about which licence is meant. */
const filler = new Set(
  `the a license licence licenses licenced licensed v version public general software foundation gnu
  gplv lgplv agplv lesser library affero or later only new revised modified simplified x expat mozilla
  http https www opensource org html php`.split(/\s+/),
)

/** Guesses the SPDX expression that a declaration stands for; null if that is not clear. */
export function guessExpression(declared: string): string | null {
  // Corrected as a whole, "GPL OR something" would become one of the two.
  const parts = declared.split(/(\s+(?:OR|AND)\s+|[()])/i)
  const corrected = parts.map((part, index) =>
    index % 2 === 1 || part.trim() === '' ? part : guessOne(part.trim()),
  )
  if (corrected.includes(null)) return null
  const expression = corrected.join('')
  return parseSpdx(expression) === null ? null : expression
}

function guessOne(name: string): string | null {
  if (parseSpdx(name) !== null) return name
  const guess = correct(name, { upgrade: false })
  if (guess === null) return null
  const meant = new Set(wordsOf(guess))
  return wordsOf(name).every((word) => meant.has(word) || filler.has(word)) ? guess : null
}

/** Without numbers, which the correction has read as the version. */
function wordsOf(name: string): string[] {
  return name.toLowerCase().match(/[a-z]+/g) ?? []
}
