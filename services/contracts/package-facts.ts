/**
 * What is known about one package once it has been inspected: what the report shows of it, and
 * what only the rules need.
 */

import { z } from 'zod'
import { Engines } from './dependency-tree.ts'
import { Problem } from './problem.ts'

export const License = z.strictObject({
  expression: z
    .string()
    .nullable()
    .meta({ description: 'An SPDX expression, or what was declared instead, word for word.' }),
  source: z.enum(['manifest', 'file', 'none']).meta({
    description:
      "'manifest': the installed package.json or, where it declares none or is not installed, what the lock repeats of it. 'file': a licence file. 'none': neither.",
  }),
  valid: z.boolean().meta({ description: 'Whether the expression is valid SPDX.' }),
})
export type License = z.infer<typeof License>

export const Origin = z.enum(['registry', 'git', 'http', 'file', 'link', 'unknown'])
export type Origin = z.infer<typeof Origin>

/** The fields of a package in the report, but `versions`, which takes the whole tree to know. */
export const packageFields = {
  path: z.string().meta({ description: 'The key in the lock.' }),
  name: z.string(),
  version: z.string().meta({ description: 'Empty when the lock gives none.' }),
  dev: z.boolean(),
  optional: z.boolean(),
  peer: z.boolean(),
  bundled: z.boolean(),
  link: z.boolean(),
  license: License,
  scripts: z
    .strictObject({
      preinstall: z.string().optional(),
      install: z.string().optional(),
      postinstall: z.string().optional(),
    })
    .meta({ description: 'As the installed manifest declares them; empty when not installed.' }),
  hasInstallScript: z
    .boolean()
    .meta({ description: 'By the lock, by the manifest, or because npm would run node-gyp.' }),
  native: z.boolean().meta({ description: 'A binding.gyp or a .node file is installed.' }),
  bin: z.array(z.string()),
  deprecated: z.string().nullable(),
  engines: Engines.nullable(),
  enginesOk: z
    .boolean()
    .meta({ description: 'False only if no version of the target major satisfies the range.' }),
  origin: Origin,
  resolved: z.string().nullable(),
  integrity: z.string().nullable(),
  integrityAlgorithm: z.string().nullable(),
  installed: z
    .strictObject({ files: z.int().nonnegative(), bytes: z.int().nonnegative() })
    .nullable()
    .meta({ description: 'Regular files and their sizes, without nested packages.' }),
}

export const PackageFacts = z.strictObject({
  ...packageFields,
  own: z.boolean(),
  node: z.int().positive(),
  licenseGuess: z
    .string()
    .nullable()
    .meta({ description: 'The SPDX expression that an invalid declaration most likely means.' }),
  problems: z.array(Problem),
})
export type PackageFacts = z.infer<typeof PackageFacts>
