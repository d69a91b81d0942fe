/**
 * Builds `dist/`, the package that is published: the sources compiled, with their declarations, and
 * beside them in the same layout every other file they read, so that `new URL('./x.avsc',
 * import.meta.url)` finds it in both places.
 */

import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const dist = join(root, 'dist')
const folders = ['schemas', 'runtime', 'patterns', 'services', 'cli', 'deploy/local']

rmSync(dist, { recursive: true, force: true })
compile()
for (const folder of folders) copyData(folder)
writePackage()

function compile(): void {
  const compiler = join(root, 'node_modules/typescript7/bin/tsc')
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
  cpSync(join(root, 'README.md'), join(dist, 'README.md'))
}

type PackageFile = Readonly<Record<string, unknown>>
