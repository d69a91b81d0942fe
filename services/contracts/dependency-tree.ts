/**
 * What the lock says: a project and one task per entry. A PackageRef holds everything that an
 * inspector needs, so that a task can be done anywhere the project's files are.
 */

import { z } from 'zod'
import { Problem } from './problem.ts'

export const Engines = z.record(z.string(), z.string())
export type Engines = z.infer<typeof Engines>

export const PackageRef = z.strictObject({
  directory: z.string().meta({ description: 'The absolute path of the project.' }),
  path: z.string().meta({ description: 'The key in the lock, such as node_modules/a.' }),
  target: z
    .string()
    .nullable()
    .meta({ description: 'For a link: the path in the lock that it leads to.' }),
  name: z.string(),
  version: z.string().meta({ description: 'Empty when the lock gives none.' }),
  dev: z.boolean(),
  optional: z.boolean(),
  peer: z.boolean(),
  bundled: z.boolean(),
  link: z.boolean(),
  own: z.boolean().meta({
    description: 'A folder of the project itself, or a link to one: not a third party.',
  }),
  license: z.string().nullable(),
  hasInstallScript: z.boolean(),
  bin: z.array(z.string()),
  deprecated: z.string().nullable(),
  engines: Engines.nullable(),
  resolved: z.string().nullable(),
  integrity: z.string().nullable(),
  node: z.int().positive(),
  problems: z.array(Problem),
})
export type PackageRef = z.infer<typeof PackageRef>

export const Request = z.strictObject({
  from: z.string().meta({ description: 'The folder of the manifest; empty for the project.' }),
  field: z.enum(['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']),
  name: z.string(),
  spec: z.string().meta({ description: 'What is asked for, such as ^1.0.0.' }),
})
export type Request = z.infer<typeof Request>

export const DependencyTree = z.strictObject({
  directory: z.string(),
  project: z.strictObject({ name: z.string(), version: z.string() }),
  lockfile: z.strictObject({ file: z.string(), version: z.union([z.literal(2), z.literal(3)]) }),
  node: z.int().positive(),
  packages: z.array(PackageRef),
  requests: z
    .array(Request)
    .meta({ description: "What the project's own manifests asked for when they were locked." }),
})
export type DependencyTree = z.infer<typeof DependencyTree>
