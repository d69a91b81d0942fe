/**
 * Records the golden journals anew: `node examples/record.ts`. Only when replay is meant to change:
 * runs that are under way in the old form will park.
 */

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format } from 'prettier'
import { recordJournals } from './scenarios.ts'

const folder = join(import.meta.dirname, 'journals')
await rm(folder, { recursive: true, force: true })
await mkdir(folder)
for (const [name, journal] of Object.entries(await recordJournals())) {
  const text = await format(JSON.stringify(journal), { parser: 'json', printWidth: 100 })
  await writeFile(join(folder, `${name}.json`), text)
}
