/** What a measurement brings, and how it is printed. */

export type Goal = { readonly atMost: number } | { readonly atLeast: number }

export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly goal?: Goal
}

/** Undefined where there is no goal. */
export function isMet({ value, goal }: Figure): boolean | undefined {
  if (goal === undefined) return undefined
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast
}

export const heading = line('', 'value', 'goal', '')

/** A line of the table. */
export function figureLine(figure: Figure): string {
  const { name, value, unit, goal } = figure
  const isKept = isMet(figure)
  return line(
    name,
    `${shown(value)} ${unit}`,
    goal === undefined ? '' : goalText(goal),
    isKept === undefined ? '' : isKept ? 'met' : 'missed',
  )
}

function goalText(goal: Goal): string {
  return 'atMost' in goal ? `<= ${shown(goal.atMost)}` : `>= ${shown(goal.atLeast)}`
}

/** Three digits that say something; more only of what is large. */
function shown(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

function line(name: string, value: string, goal: string, met: string): string {
  return `${name.padEnd(72)} ${value.padStart(16)} ${goal.padStart(12)}  ${met}`.trimEnd()
}
