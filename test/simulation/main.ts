/**
 * `npm run simulate`: the kernel under a seeded scheduler, seed after seed, each held against J1 to
 * J10. Exits with 1 when a seed violates one, or when the campaign has proved nothing.
 */

import { parseArgs } from 'node:util'
import { runCampaign } from './campaign.ts'
import { historyText } from './history-text.ts'
import { simulateSafely } from './simulation.ts'
import { neverHappened, sumsText } from '../workload/totals.ts'
import { addTotals, sumsOf, type Totals } from './totals.ts'
import { violationsText } from './violations-text.ts'

const usage = `usage: npm run simulate -- [--seeds N] [--from S] | --seed S
  --seeds N   how many seeds (default 2000)
  --from S    the first of them (default 1)
  --seed S    one seed, with what it did
  --log       with --seed: every record and every body, in order`

/** Fewer seeds than this need not meet everything that can happen. */
const enoughSeeds = 200

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    log: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) print(usage)
else if (values.seed !== undefined) await one(whole(values.seed))
else await many(whole(values.from), whole(values.seeds))

async function one(seed: number): Promise<void> {
  const { violations, totals, plan } = await simulateSafely(seed, {
    ...(values.log && {
      inspect: (evidence, codec) => {
        print(historyText(evidence, codec))
      },
    }),
  })
  const { requests, ...rest } = plan
  print(JSON.stringify({ ...rest, requests: requests.length }, null, 2))
  print(sumsText(sumsOf(totals)))
  const isPassed = violations.length === 0
  if (!isPassed) print(violationsText({ seed, violations }))
  finish(isPassed ? 1 : 0, isPassed ? 0 : 1)
}

async function many(from: number, seeds: number): Promise<void> {
  let passed = 0
  let failed = 0
  let totals: Totals | undefined
  await runCampaign({
    seeds: Array.from({ length: seeds }, (_, index) => from + index),
    onSeed: (summary) => {
      totals = addTotals(totals, summary.totals)
      if (summary.violations.length === 0) passed += 1
      else {
        failed += 1
        print(violationsText(summary))
      }
      return true
    },
  })
  if (totals === undefined) return
  print(sumsText(sumsOf(totals)))
  const missing = seeds >= enoughSeeds ? neverHappened(sumsOf(totals)) : []
  for (const name of missing) print(`nothing is proved of ${name}: there were none`)
  finish(passed, failed, missing.length > 0)
}

function finish(passed: number, failed: number, isVacuous = false): void {
  if (failed > 0 || isVacuous) process.exitCode = 1
  print(`${String(passed)} passed, ${String(failed)} failed`)
}

function whole(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  warn(usage)
  process.exit(2)
}

/** A line of the output. */
function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function warn(line: string): void {
  process.stderr.write(`${line}\n`)
}
