/** SPDX licence expressions, as far as two services have to agree on them. */

import parse from 'spdx-expression-parse'

export type SpdxExpression =
  | { readonly license: string; readonly plus?: true; readonly exception?: string }
  | {
      readonly left: SpdxExpression
      readonly conjunction: 'and' | 'or'
      readonly right: SpdxExpression
    }

/** Longer ones are nobody's licence, and the parser is recursive. */
const longestExpression = 2000
const alphabet = /^[A-Za-z0-9.+:() -]+$/

/** Parses an SPDX licence expression; null if it is not a valid one. */
export function parseSpdx(text: string): SpdxExpression | null {
  // The library's scanner skips characters that it does not know in front of an id.
  if (text.length > longestExpression || !alphabet.test(text)) return null
  try {
    return parse(text)
  } catch {
    // The library says only by throwing that a text is no expression.
    return null
  }
}
