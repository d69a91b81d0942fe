/** What a policy makes of a licence expression. */

import type { Policy } from '../contracts/policy.ts'
import { parseSpdx } from '../contracts/spdx.ts'
import type { SpdxExpression } from '../contracts/spdx.ts'

type LicenseLists = Policy['licenses']

export interface Judgement {
  /** `unlisted`: the policy has no opinion; to be decided like `review`. */
  readonly ruling: 'allowed' | 'review' | 'unlisted' | 'denied'
  /** The licences that made it so. */
  readonly because: readonly string[]
}

const order = ['allowed', 'review', 'unlisted', 'denied'] as const

/**
 * Judges a valid SPDX expression, or a word such as UNLICENSED, by the lists of a policy.
 *
 * Of `A OR B` the better counts, because the user may choose; of `A AND B` the worse, because
 * both apply. `A WITH E` counts as itself where the policy lists it, else as A; `A+` as A. An
 * exact entry wins over a family (`GPL-*`), and of equal ones the stricter.
 */
export function judgeLicense(expression: string, lists: LicenseLists): Judgement {
  const parsed = parseSpdx(expression)
  return parsed === null ? judgeIds([expression], lists) : judge(parsed, lists)
}

function judge(expression: SpdxExpression, lists: LicenseLists): Judgement {
  if ('license' in expression) {
    const { license, plus = false, exception } = expression
    const names = spellings(license, plus)
    const exempt = exception === undefined ? [] : names.map((name) => `${name} WITH ${exception}`)
    return judgeIds([...exempt, ...names], lists)
  }
  const left = judge(expression.left, lists)
  const right = judge(expression.right, lists)
  const difference = order.indexOf(left.ruling) - order.indexOf(right.ruling)
  if (difference === 0) {
    return { ruling: left.ruling, because: [...new Set([...left.because, ...right.because])] }
  }
  const takesLeft = expression.conjunction === 'or' ? difference < 0 : difference > 0
  return takesLeft ? left : right
}

/** SPDX has renamed the GNU licences: GPL-2.0 is GPL-2.0-only, and GPL-2.0+ is GPL-2.0-or-later. */
function spellings(license: string, plus: boolean): string[] {
  const gnu = /^([AL]?GPL-[0-9.]+|GFDL-[0-9.]+)(-only|-or-later)?$/.exec(license)
  if (gnu?.[1] === undefined) return plus ? [`${license}+`, license] : [license]
  const [, base, suffix] = gnu
  const pair =
    plus || suffix === '-or-later' ? [`${base}-or-later`, `${base}+`] : [`${base}-only`, base]
  const written = plus ? `${license}+` : license
  return [written, ...pair.filter((name) => name !== written)]
}

/** The names of one licence, the most specific first. */
function judgeIds(names: readonly string[], lists: LicenseLists): Judgement {
  const because = names.slice(0, 1)
  for (const matches of [isSame, isOfFamily]) {
    for (const name of names) {
      for (const ruling of ['denied', 'review', 'allowed'] as const) {
        if (lists[ruling].some((pattern) => matches(pattern, name))) return { ruling, because }
      }
    }
  }
  return { ruling: 'unlisted', because }
}

function isSame(pattern: string, name: string): boolean {
  return pattern.toLowerCase() === name.toLowerCase()
}

function isOfFamily(pattern: string, name: string): boolean {
  return pattern.endsWith('*') && name.toLowerCase().startsWith(pattern.slice(0, -1).toLowerCase())
}
