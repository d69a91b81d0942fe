/**
 * Builds `dist/`, the package that is published: the sources compiled, with their declarations, and
 * beside them in the same layout every other file they read, so that `new URL('./x.avsc',
 * import.meta.url)` finds it in both places.
 */

import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const dist = join(root, 'dist')
const folders = ['schemas', 'runtime', 'patterns', 'services', 'cli', 'deploy/local']

compile()
for (const folder of folders) copyData(folder)
copyPages()
writePackage()

function compile(): void {
  const compiler = join(root, 'node_modules/typescript7/bin/tsc')
  if (!existsSync(compiler)) {
    process.stderr.write('stoa: the compiler is not installed: run npm ci first\n')
    process.exit(1)
  }
  rmSync(dist, { recursive: true, force: true })
  const { status } = spawnSync(
    process.execPath,
    [compiler, '-p', join(import.meta.dirname, 'tsconfig.json')],
    { stdio: 'inherit' },
  )
  if (status !== 0) process.exit(status ?? 1)
}

function copyData(folder: string): void {
  if (!existsSync(join(root, folder))) return
  cpSync(join(root, folder), join(dist, folder), {
    recursive: true,
    filter: (path) => extname(path) !== '.ts',
  })
}

/** What the README links to, and the licence. */
function copyPages(): void {
  const pages = [
    'README.md',
    'LICENSE',
    ...globSync(['docs/**/*.md', 'examples/0*.ts'], { cwd: root }),
  ]
  for (const page of pages) cpSync(join(root, page), join(dist, page))
}

/**
 * The checkout's package file without what only a checkout needs: the Node that it brings would be
 * installed for every user of the package, and run their scripts.
 */
function writePackage(): void {
  const checkout = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageFile
  const { name, version, description, license, type, engines, bin, exports, dependencies } =
    checkout
  const published = {
    name,
    version,
    description,
    license,
    type,
    engines,
    bin,
    exports,
    dependencies,
  }
  const text = JSON.stringify(published, null, 2).replaceAll('"./dist/', '"./')
  writeFileSync(join(dist, 'package.json'), `${text}\n`)
}

type PackageFile = Readonly<Record<string, unknown>>
