/** The definitions that a module exports. */

import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { CommandError } from '../exit-code.ts'
import { messageOf } from '../../runtime/errors.ts'

/** What the topics of a definition follow from. */
export interface DefinitionTopicsSource {
  readonly name: string
  readonly resultRetention?: string | number | undefined
}

const Definition = z.looseObject({
  name: z.string(),
  input: z.custom(isSchema),
  output: z.custom(isSchema),
  run: z.custom((value) => typeof value === 'function'),
  resultRetention: z.union([z.string(), z.number()]).optional(),
})

/** Definitions stand in exports, in lists and objects of them, and in the parts of a pattern. */
const deepest = 4

/**
 * Imports a module and returns the definitions it exports, one for each name.
 * @param path from `cwd` on; without it, the definitions of the review
 * @throws CommandError MODULE_UNREADABLE
 */
export async function loadDefinitions(
  path: string | undefined,
  cwd: string,
): Promise<readonly DefinitionTopicsSource[]> {
  if (path === undefined) return definitionsIn(await import('../../services/definitions.ts'))
  const file = resolve(cwd, path)
  const definitions = definitionsIn(await importFrom(file))
  if (definitions.length > 0) return definitions
  throw new CommandError(`${file} exports no definition: export what you pass to serve()`, {
    code: 'MODULE_UNREADABLE',
  })
}

/** Finds definitions among the exports of a module, one for each name. */
export function definitionsIn(exports: object): readonly DefinitionTopicsSource[] {
  const found = new Map<string, DefinitionTopicsSource>()
  const seen = new Set<object>()
  const look = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > deepest || seen.has(value)) return
    seen.add(value)
    const { data } = Definition.safeParse(value)
    if (data !== undefined) {
      const { name, resultRetention } = data
      if (!found.has(name)) found.set(name, { name, resultRetention })
      return
    }
    for (const inner of Object.values(value)) look(inner, depth + 1)
  }
  look(exports, 0)
  return [...found.values()]
}

async function importFrom(file: string): Promise<object> {
  try {
    await access(file)
  } catch (cause) {
    throw new CommandError(`there is no module ${file}`, { code: 'MODULE_UNREADABLE', cause })
  }
  try {
    const exports: unknown = await import(pathToFileURL(file).href)
    return typeof exports === 'object' && exports !== null ? exports : {}
  } catch (cause) {
    const reason = messageOf(cause)
    const hint = /outside a module/.test(reason)
      ? ': name it .mts, or "type": "module" in package.json'
      : ''
    throw new CommandError(`${file} cannot be imported: ${reason}${hint}`, {
      code: 'MODULE_UNREADABLE',
      cause,
    })
  }
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'safeParse' in value
}
