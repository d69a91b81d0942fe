/**
 * The checker checked: every rule of the kernel that can be switched off is switched off, and the
 * simulation has to notice within a bounded number of seeds. Exits with 1 when one goes unnoticed.
 */

import { parseArgs } from 'node:util'
import { sabotages, type Sabotage } from '../../runtime/durable/sabotage.ts'
import { runCampaign, type SeedSummary } from './campaign.ts'

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '300' }, only: { type: 'string' } },
})

let uncaught = 0
const chosen = sabotages.filter((sabotage) => values.only === undefined || sabotage === values.only)
for (const sabotage of chosen) {
  const caught = await firstCaught(sabotage, Number(values.seeds))
  if (caught === undefined) uncaught += 1
  print(
    `${sabotage.padEnd(30)} ${caught === undefined ? `not caught in ${values.seeds} seeds` : said(caught)}`,
  )
}
if (uncaught > 0) process.exitCode = 1
print(`${String(chosen.length - uncaught)} passed, ${String(uncaught)} failed`)

async function firstCaught(sabotage: Sabotage, seeds: number): Promise<SeedSummary | undefined> {
  let caught: SeedSummary | undefined
  await runCampaign({
    seeds: Array.from({ length: seeds }, (_, index) => index + 1),
    sabotage,
    onSeed: (summary) => {
      if (summary.violations.length > 0) caught = summary
      return caught === undefined
    },
  })
  return caught
}

function said({ seed, violations }: SeedSummary): string {
  const rules = [...new Set(violations.map(({ rule }) => rule))].join(' ')
  return `seed ${String(seed).padStart(3)}  ${rules.padEnd(16)} ${violations[0]?.message.slice(0, 120) ?? ''}`
}

/** A line of the output. */
function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
