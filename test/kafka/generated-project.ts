/** A project of any size on disk, the same for the same numbers; most of its packages installed. */

import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface ProjectSize {
  readonly packages: number
  /** Files of each installed package beside its manifest. */
  readonly files: number
}

const licenses = ['MIT', 'Apache-2.0', 'GPL-3.0-only', 'ISC', '(MIT OR GPL-2.0-only)', undefined]
const integrity = `sha512-${Buffer.alloc(64, 7).toString('base64')}`

/** Makes the project in a temporary folder and returns that. */
export function generateProject(size: ProjectSize): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'stoa-generated-')))
  const numbers = Array.from({ length: size.packages }, (_, number) => number)
  const root = { name: 'generated', version: '1.0.0' }
  const write = (path: string, content: unknown) => {
    const file = join(directory, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  }
  write('package.json', root)
  write('package-lock.json', {
    ...root,
    lockfileVersion: 3,
    packages: {
      '': root,
      ...Object.fromEntries(numbers.map((number) => [pathOf(number), lockEntry(number)])),
    },
  })
  for (const number of numbers) {
    if (!isInstalled(number)) continue
    write(`${pathOf(number)}/package.json`, manifest(number))
    if (number % 3 === 0) write(`${pathOf(number)}/LICENSE`, 'Permission is hereby granted, free')
    for (let file = 0; file < size.files; file += 1) {
      write(`${pathOf(number)}/lib/${String(file % 7)}/${String(file)}.js`, `// ${String(file)}\n`)
    }
  }
  return directory
}

/** Every tenth stands below another; every fourteenth is in the lock only. */
function pathOf(number: number): string {
  const own = `node_modules/${nameOf(number)}`
  return number % 10 === 9 ? `node_modules/${nameOf(number - 9)}/${own}` : own
}

function nameOf(number: number): string {
  return number % 5 === 0 ? `@scope-${String(number % 7)}/p${String(number)}` : `p${String(number)}`
}

function isInstalled(number: number): boolean {
  return number % 14 !== 13
}

function versionOf(number: number): string {
  return `${String(number % 4)}.${String(number % 11)}.0`
}

function lockEntry(number: number): unknown {
  const file = `${nameOf(number)}-${versionOf(number)}.tgz`
  return {
    version: versionOf(number),
    resolved:
      number % 40 === 39
        ? `git+ssh://git@example.org/${file}`
        : `https://registry.npmjs.org/${file}`,
    ...(number % 25 === 24 ? {} : { integrity }),
    ...(number % 8 === 7 ? { dev: true } : {}),
    ...(number % 33 === 32 ? { deprecated: 'use another' } : {}),
    ...(number % 20 === 19 ? { hasInstallScript: true } : {}),
    engines: { node: number % 17 === 16 ? '<20' : '>=18' },
  }
}

function manifest(number: number): unknown {
  const license = licenses[number % licenses.length]
  return {
    name: nameOf(number),
    version: versionOf(number),
    ...(license === undefined ? {} : { license }),
    ...(number % 20 === 19 ? { scripts: { install: 'node build.js' } } : {}),
  }
}
