/**
 * A service in one file: a process that loads one file starts sooner and is smaller than one that looks
 * for hundreds.
 */

import { cpSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const schemas = join(import.meta.dirname, '../../schemas')

/**
 * Writes a program and everything that it imports into one file, with the schemas that it reads
 * beside it, and returns the file's path.
 * @param program path of the source with which the process begins
 * @throws Error where something that it imports is not found
 */
export async function bundle(program: string, folder: string): Promise<string> {
  const build = await rolldown({
    input: program,
    platform: 'node',
    onLog(_level, log) {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
    },
  })
  const { output } = await build.write({
    dir: folder,
    entryFileNames: '[name].mjs',
    codeSplitting: false,
  })
  await build.close()
  for (const file of globSync('*.avsc', { cwd: schemas })) {
    cpSync(join(schemas, file), join(folder, file))
  }
  return join(folder, output[0].fileName)
}
