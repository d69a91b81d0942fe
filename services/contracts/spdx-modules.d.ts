/** The two SPDX libraries ship no types. */

declare module 'spdx-expression-parse' {
  type Parsed =
    | { license: string; plus?: true; exception?: string }
    | { left: Parsed; conjunction: 'and' | 'or'; right: Parsed }
  function parse(expression: string): Parsed
  export = parse
}

declare module 'spdx-correct' {
  function correct(license: string, options?: { upgrade?: boolean }): string | null
  export = correct
}
