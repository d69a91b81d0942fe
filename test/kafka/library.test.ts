/**
 * The package as its users get it: packed, installed into an empty project, compiled against its
 * declarations, and run on a real broker. The project's files are those of the README.
 */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { bundle } from '../../deploy/build/bundle.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const minutes = 60_000

const environment = {
  // The Node of the tests goes before that of the machine, as npm scripts have it.
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
  HOME: process.env['HOME'],
  KAFKA_BROKERS: inject('brokers'),
  SCHEMA_REGISTRY_URL: inject('registryUrl'),
}

/** Beside the README's, so that every entry point is compiled and run. */
const files: Readonly<Record<string, string>> = {
  'totals.ts': `
    import { orchestratorWorker } from 'stoa/patterns'
    import { z } from 'zod'

    export const totals = orchestratorWorker({
      name: 'totals',
      request: z.object({ numbers: z.array(z.number()) }),
      task: z.number(),
      result: z.number(),
      orchestrate: (ctx, { numbers }) => ctx.dispatch(numbers, { deadline: '1 minute' }),
      work: (ctx, number) => ctx.step('double', () => 2 * number),
    })
  `,
  'totals-service.ts': `
    import { serve } from 'stoa'
    import { totals } from './totals.ts'

    await serve(totals.orchestrator, totals.worker)
  `,
  'totals-client.ts': `
    import { connect } from 'stoa'
    import { totals } from './totals.ts'

    const stoa = await connect()
    const run = await stoa.start(totals, { numbers: [1, 2, 3] })
    const { results } = await run.result({ timeout: '1 minute' })
    console.log(JSON.stringify(results satisfies number[]))
    await stoa.close()
  `,
  'totals-check.ts': `
    import { testRuntime } from 'stoa/testing'
    import { totals } from './totals.ts'

    const runtime = await testRuntime({ definitions: [totals.orchestrator, totals.worker] })
    const run = await runtime.start(totals, { numbers: [4] }, { id: 'sum' })
    const { results } = await run.result()
    await runtime.stop()
    console.log(JSON.stringify(results satisfies number[]))
  `,
  'wrong.ts': `
    import type { Client } from 'stoa'
    import { totals } from './totals.ts'

    export const started = (stoa: Client) => stoa.start(totals, { numbers: ['one'] })
  `,
}

let project = ''

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'stoa-library-'))
  await run('npm', ['run', 'build'], { cwd: root })
  await run('npm', ['pack', './dist', '--pack-destination', project], { cwd: root })
  const manifest = { name: 'shop', private: true, type: 'module' }
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest))
  const options = {
    ...{ module: 'nodenext', target: 'es2024', lib: ['es2024'], types: ['node'], strict: true },
    ...{ outDir: 'build', rootDir: '.', rewriteRelativeImportExtensions: true },
  }
  const settings = (include: readonly string[], exclude: readonly string[]) =>
    JSON.stringify({ compilerOptions: options, include, exclude })
  await writeFile(join(project, 'tsconfig.json'), settings(['*.ts'], ['wrong.ts']))
  await writeFile(join(project, 'wrong.json'), settings(['wrong.ts'], []))
  for (const [name, text] of [...(await readmeFiles()), ...Object.entries(files)]) {
    await writeFile(join(project, name), text)
  }
  const version = /"version": "(.+)"/.exec(await readFile(join(root, 'package.json'), 'utf8'))?.[1]
  const packages = [
    `./stoa-${String(version)}.tgz`,
    await pinned('zod'),
    await pinned('@types/node'),
  ]
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund']
  await run('npm', ['install', ...quiet, ...packages], { cwd: project })
}, 5 * minutes)

afterAll(async () => {
  await rm(project, { recursive: true, force: true })
})

test('the installed command prints its version', async () => {
  const { stdout } = await run('npx', ['stoa', '--version'], { cwd: project, env: environment })
  expect(await readFile(join(root, 'package.json'), 'utf8')).toContain(
    `"version": "${stdout.trim()}"`,
  )
})

test('what the README links to comes with the package', async () => {
  const installed = join(project, 'node_modules/stoa')
  const readme = await readFile(join(installed, 'README.md'), 'utf8')
  const targets = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) => path)
  expect(targets).not.toEqual([])
  expect(['LICENSE', ...targets].filter((path) => !existsSync(join(installed, path)))).toEqual([])
})

test(
  'a project compiles against the declarations, and a wrong field is an error',
  async () => {
    expect(await compile('-p', 'tsconfig.json')).toBe('')
    const faults = await compile('-p', 'wrong.json')
    expect(faults.match(/error TS\d+/g)).toHaveLength(1)
    expect(faults).toContain("Type 'string' is not assignable to type 'number'")
  },
  5 * minutes,
)

test(
  'service and client of the README run on a broker',
  async () => {
    await createTopics('build/agents.js')
    const output = await withService('build/service.js', () => node('build/client.js'))
    expect(JSON.parse(output)).toEqual({
      order: 'chair under purchase-1/1/order',
      by: 'ada',
    })
    // The same id never runs twice: the recorded outcome is answered.
    expect(await withService('build/service.js', () => node('build/client.js'))).toBe(output)
  },
  3 * minutes,
)

test('the testing entry point takes both through crashes and a run, without a broker', async () => {
  expect(await node('build/agents.test.js')).toMatch(/ pass 1$/m)
  expect(JSON.parse(await node('build/totals-check.js'))).toEqual([8])
})

test(
  'a pattern runs on a broker',
  async () => {
    await createTopics('build/totals.js')
    const output = await withService('build/totals-service.js', () =>
      node('build/totals-client.js'),
    )
    expect(JSON.parse(output)).toEqual([2, 4, 6])
  },
  3 * minutes,
)

test(
  'a service in one file runs where no package is installed',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stoa-one-file-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = await bundle(join(project, 'build/totals-service.js'), folder)
    const output = await withService(file, () => node('build/totals-client.js'))
    expect(JSON.parse(output)).toEqual([2, 4, 6])
  },
  3 * minutes,
)

/** The blocks of the README that are files of a project. */
async function readmeFiles(): Promise<readonly (readonly [name: string, text: string])[]> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/<!-- file: (\S+) -->\n\n```ts\n([^]*?)^```$/gm)]
  return blocks.map(([, name = '', text = '']) => [name, text] as const)
}

async function pinned(name: string): Promise<string> {
  const manifest = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8')
  return `${name}@${String(/"version": "(.+)"/.exec(manifest)?.[1])}`
}

/** What the compiler prints: nothing when all is well. */
async function compile(...options: readonly string[]): Promise<string> {
  const compiler = join(root, 'node_modules/typescript7/bin/tsc')
  const child = spawn(process.execPath, [compiler, '--pretty', 'false', ...options], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(child, 'close')
  return Buffer.concat(chunks).toString()
}

async function createTopics(module: string): Promise<void> {
  const words = ['stoa', 'topics', 'apply', module, '--development', '--partitions', '2']
  await run('npx', words, { cwd: project, env: environment })
}

async function node(file: string): Promise<string> {
  const { stdout } = await run(process.execPath, [file], { cwd: project, env: environment })
  return stdout
}

/** Serves while something is done; the service has to stop by itself once it is told to. */
async function withService<T>(file: string, act: () => Promise<T>): Promise<T> {
  const service = spawn(process.execPath, [file], {
    cwd: project,
    env: environment,
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  const exited = once(service, 'exit')
  try {
    await Promise.race([said(service.stderr, 'service started'), exited])
    expect(service.exitCode).toBe(null)
    return await act()
  } finally {
    service.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  }
}

async function said(output: NodeJS.ReadableStream, words: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  let text = ''
  output.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    if (text.includes(words)) resolve(undefined)
  })
  await promise
}
