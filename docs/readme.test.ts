/** Holds the README and the other pages to what they speak of: files, commands, variables, code. */

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { readEnvironment } from '../runtime/environment.ts'

// The command is asked many times, each time in a process of its own.
vi.setConfig({ testTimeout: 60_000 })

const root = join(import.meta.dirname, '..')
const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: root })].sort()
const readme = read('README.md')

interface Block {
  readonly page: string
  readonly language: string
  readonly code: string
  /** What the comment right before it says. */
  readonly mark: string
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function blocks(page: string): readonly Block[] {
  const pattern = /(?:<!-- (.+?) -->\n\n)?^```(\w+)\n([^]*?)^```$/gm
  return [...read(page).matchAll(pattern)].map(([, mark = '', language = '', code = '']) => ({
    ...{ page, language, code, mark },
  }))
}

const shellBlocks = pages.flatMap(blocks).filter(({ language }) => language === 'sh')
const ownFiles = new Set(
  blocks('README.md').flatMap(({ mark }) => /^file: (.+)$/.exec(mark)?.[1] ?? []),
)

/** The commands of a block, without assignments, `eval` and the ampersand of the background. */
function commandsOf(block: Block): readonly (readonly string[])[] {
  return block.code
    .split('\n')
    .map((line) => line.replace(/\s+#.*$|\s*&\s*$/g, '').trim())
    .map((line) => /^eval "\$\((.+)\)"$/.exec(line)?.[1] ?? line)
    .filter((line) => line !== '' && !/^(export )?([A-Z_]+=\S+ ?)+$/.test(line))
    .map((line) => line.split(/\s+/))
}

/** What is wrong with a command, or nothing. */
function faultOf(words: readonly string[], isElsewhere: boolean): string | undefined {
  const [program, ...rest] = words
  switch (program) {
    case './stoa':
    case '../stoa/stoa':
      return stoaFault(rest)
    case 'npx':
      return rest[0] === 'stoa' ? stoaFault(rest.slice(1)) : 'npx runs nothing but stoa here'
    case 'npm':
      return npmFault(rest)
    case 'node': {
      const [file = ''] = rest
      const isThere = isElsewhere ? ownFiles.has(file) : existsSync(join(root, file))
      return isThere ? undefined : `there is no ${file}`
    }
    default:
      return `${String(program)} is not a command that is checked here`
  }
}

function npmFault([command = '', script = '']: readonly string[]): string | undefined {
  if (['install', 'ci', 'pack'].includes(command)) return undefined
  const name = command === 'run' ? script : command
  return read('package.json').includes(`"${name}": "`) ? undefined : `there is no script ${name}`
}

/** Asks the command itself: its help has to come, and to name every option given. */
function stoaFault(words: readonly string[]): string | undefined {
  const commands = words.filter((word, index) => /^[a-z][a-z-]*$/.test(word) && index < 2)
  const options = words.filter((word) => word.startsWith('--'))
  const name = ['stoa', ...commands].join(' ')
  const help = helps.get(name) ?? stoa(...commands, '--help')
  helps.set(name, help)
  if (!help.includes(`Usage: ${name} `)) return `${name} does not exist`
  const unknown = options.filter((option) => !help.includes(option))
  return unknown.length === 0 ? undefined : `stoa knows no ${unknown.join(', ')}`
}

const helps = new Map<string, string>()

/** What the command prints. */
function stoa(...words: readonly string[]): string {
  const options = { cwd: root, encoding: 'utf8' } as const
  return spawnSync(process.execPath, ['cli/main.ts', ...words], options).stdout
}

test.each(shellBlocks)('the shell block of $page parses and its commands exist: $code', (block) => {
  execFileSync('sh', ['-n', '-c', block.code])
  const isElsewhere = block.mark === 'in a project of your own'
  const faults = commandsOf(block).flatMap((words) => faultOf(words, isElsewhere) ?? [])
  expect(faults).toEqual([])
})

test('there are shell blocks to check, and a command that is not there is noticed', () => {
  expect(shellBlocks.length).toBeGreaterThan(2)
  expect(faultOf(['./stoa', 'revue', '.'], false)).toMatch(/does not exist/)
  expect(faultOf(['./stoa', 'review', '.', '--silent'], false)).toMatch(/knows no --silent/)
  expect(faultOf(['npm', 'run', 'nothing'], false)).toMatch(/no script/)
  expect(faultOf(['node', 'nothing.ts'], false)).toMatch(/no nothing.ts/)
})

test('every command that the text speaks of exists', () => {
  const spoken = pages.flatMap((page) =>
    [...read(page).matchAll(/`(?:\.\/)?stoa ((?:[a-z][a-z-]* ?)+)/g)].map(([, words = '']) =>
      words.trim(),
    ),
  )
  const faults = [...new Set(spoken)].flatMap((words) => stoaFault(words.split(' ')) ?? [])
  expect(faults).toEqual([])
  expect(spoken.length).toBeGreaterThan(5)
})

test('the command prints the version of the package', () => {
  expect(read('package.json')).toContain(`"version": "${stoa('--version').trim()}"`)
})

test('code said to be from an example stands in it, to the letter', () => {
  const quoted = [...readme.matchAll(/^From \[(\S+?)\]\(\S+\):\n\n```ts\n([^]*?)^```$/gm)]
  expect(quoted.length).toBe(2)
  for (const [, path = '', code = ''] of quoted) expect(read(path)).toContain(code)
})

test.each(pages)('the links of %s lead to files', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) => path)
  expect(links.filter((path) => !existsSync(join(root, dirname(page), path)))).toEqual([])
})

test('the folders described are those there are', () => {
  const described = [...readme.matchAll(/^- `([a-z]+)\/`:/gm)].map(([, folder = '']) => folder)
  const ignored = ['node_modules', 'dist', 'coverage']
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => !ignored.includes(name))
  expect(described.sort()).toEqual(folders.sort())
})

const required = {
  KAFKA_BROKERS: 'localhost:9092',
  SCHEMA_REGISTRY_URL: 'http://localhost:8081',
}

/** Name and default of each variable in the table of configuration. */
function variables(): readonly { readonly name: string; readonly byDefault: string }[] {
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` +\| (.*?) *\|/gm)]
  return rows.map(([, name = '', byDefault = '']) => ({ name, byDefault }))
}

test('the table of configuration has exactly the variables that are read', () => {
  const source = read('runtime/environment.ts')
  const schema = source.slice(source.indexOf('.object({'), source.indexOf('.superRefine('))
  const names = [...schema.matchAll(/^ +([A-Z][A-Z_]+):/gm)].map(([, name]) => name)
  expect(variables().map(({ name }) => name)).toEqual(names)
  expect(names.length).toBeGreaterThan(10)
})

test.each(variables())('$name has the default that the table gives it', ({ name, byDefault }) => {
  const text = /^`(.*)`$/.exec(byDefault)?.[1]
  if (text !== undefined) {
    expect(readEnvironment({ ...required, [name]: text })).toEqual(readEnvironment(required))
  } else if (byDefault === 'required') {
    expect(() => readEnvironment({ ...required, [name]: '' })).toThrow(name)
  } else {
    expect(byDefault).toBe('')
    expect(() => readEnvironment(required)).not.toThrow()
  }
})
