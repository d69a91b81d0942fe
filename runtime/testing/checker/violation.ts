/** What a check finds wrong, named by the invariant of the architecture that it breaks. */

export type Rule = 'J1' | 'J2' | 'J3' | 'J4' | 'J5' | 'J6' | 'J7' | 'J8' | 'J9' | 'J10'

export interface Violation {
  readonly rule: Rule
  /** Says what is wrong, with topic, partition, offset and run. */
  readonly message: string
}

export type Report = (rule: Rule, message: string) => void
