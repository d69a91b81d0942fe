/** One task of an inspector: everything that the lock and the disk say of one package. */

import { eq, valid } from 'semver'
import { clip } from '../contracts/clip.ts'
import type { PackageRef } from '../contracts/dependency-tree.ts'
import {
  binNames,
  declaredEngines,
  declaredLicense,
  deprecation,
  installScripts,
} from '../contracts/manifest.ts'
import type { PackageFacts } from '../contracts/package-facts.ts'
import type { Problem } from '../contracts/problem.ts'
import { binFolderNames } from './bin-folder.ts'
import { checkEngines } from './engines.ts'
import { readInstalledFiles } from './installed-files.ts'
import type { InstalledFiles } from './installed-files.ts'
import { readIntegrity } from './integrity.ts'
import { readLicense } from './license.ts'
import { locatePackage } from './locate-package.ts'
import { originOf } from './origin.ts'
import { readManifest } from './read-manifest.ts'
import type { Manifest } from './read-manifest.ts'

export interface InspectOptions {
  readonly signal?: AbortSignal
}

interface Installed {
  readonly folder: string
  /** Null when there is none that can be read. */
  readonly manifest: Manifest | null
  readonly files: InstalledFiles
}

interface Sight {
  /** Null when there is no folder that may be read. */
  readonly installed: Installed | null
  readonly problems: readonly Problem[]
}

/**
 * Inspects one package. Nothing that the lock or the package says makes it fail: what cannot be
 * read is a problem among the facts. The same files give the same facts.
 *
 * What the installed manifest says wins over the lock; without one the lock is all there is.
 *
 * @throws the file system's error when the machine, not the package, is at fault (such as
 * too many open files); trying again may help
 */
export async function inspectPackage(
  ref: PackageRef,
  { signal }: InspectOptions = {},
): Promise<PackageFacts> {
  signal?.throwIfAborted()
  const { installed, problems } = await look(ref, signal)
  const manifest = installed?.manifest ?? {}
  const files = installed?.files ?? null
  const scripts = installScripts(manifest.scripts)
  const runsScript = Object.keys(scripts).length > 0 || buildsItself(installed)
  const engines = declaredEngines(manifest.engines) ?? ref.engines
  const enginesFacts = checkEngines(engines, ref.node)
  const integrity = readIntegrity(ref.integrity)
  const license = await readLicense(
    declaredLicense(manifest.license, manifest.licenses) ?? ref.license,
    installed === null ? null : { folder: installed.folder, names: installed.files.topFiles },
  )
  const bin = installed === null ? [] : await binsOf(ref.name, installed)
  return {
    path: ref.path,
    name: ref.name,
    version: ref.version,
    dev: ref.dev,
    optional: ref.optional,
    peer: ref.peer,
    bundled: ref.bundled,
    link: ref.link,
    license: license.license,
    scripts,
    hasInstallScript: ref.hasInstallScript || runsScript,
    native: files?.native ?? false,
    bin: bin.length > 0 ? bin : ref.bin,
    deprecated: ref.deprecated ?? deprecation(manifest.deprecated),
    engines,
    enginesOk: enginesFacts.ok,
    origin: originOf(ref),
    resolved: ref.resolved,
    integrity: ref.integrity,
    integrityAlgorithm: integrity.algorithm,
    installed: files?.size ?? null,
    own: ref.own,
    node: ref.node,
    licenseGuess: license.guess,
    problems: [
      ...ref.problems,
      ...problems,
      ...differences(ref, installed?.manifest ?? null, runsScript),
      ...license.problems,
      ...enginesFacts.problems,
      ...integrity.problems,
    ],
  }
}

async function binsOf(name: string, { folder, manifest }: Installed): Promise<string[]> {
  const bin = binNames(name, manifest?.bin)
  return bin.length > 0 ? bin : binFolderNames(folder, manifest ?? {})
}

async function look(ref: PackageRef, signal: AbortSignal | undefined): Promise<Sight> {
  // A link is described by what it leads to, whose own entry counts the files and has the problems.
  const path = ref.link ? ref.target : ref.path
  if (path === null || path === '') return { installed: null, problems: [] }

  const location = await locatePackage(ref.directory, path)
  if (location.status === 'refused') {
    return { installed: null, problems: ref.link ? [] : [location.problem] }
  }
  const { folder } = location
  const { manifest, problems } = await readManifest(folder)
  const files = await readInstalledFiles(folder, { signal, shallow: ref.link })
  return {
    installed: { folder, manifest, files },
    problems: ref.link ? [] : [...problems, ...files.problems],
  }
}

/** npm runs node-gyp for a package that has a binding.gyp and does not say how it is built. */
function buildsItself(installed: Installed | null): boolean {
  if (!installed?.files.topFiles.includes('binding.gyp')) return false
  const { scripts, gypfile } = installed.manifest ?? {}
  const { install, preinstall } = installScripts(scripts)
  return install === undefined && preinstall === undefined && gypfile !== false
}

/**
 * Where the disk contradicts the lock. A folder of the project may run ahead of the lock; what npm
 * has fetched may not.
 */
function differences(ref: PackageRef, manifest: Manifest | null, runsScript: boolean): Problem[] {
  if (manifest === null && !runsScript) return []
  if (ref.link || !ref.path.split('/').includes('node_modules')) return []
  const { name, version, license: declared, licenses, scripts: all } = manifest ?? {}
  const found: Problem[] = []
  if (typeof name === 'string' && name !== ref.name) {
    found.push({ code: 'MANIFEST_NAME_DIFFERS', detail: `${quoted(name)} for ${quoted(ref.name)}` })
  }
  if (manifest !== null && ref.version !== '' && !isSameVersion(version, ref.version)) {
    const seen = typeof version === 'string' ? quoted(version) : 'no version'
    const detail = `${seen} for ${quoted(ref.version)}`
    found.push({ code: 'MANIFEST_VERSION_DIFFERS', detail })
  }
  const license = declaredLicense(declared, licenses)
  if (license !== null && ref.license !== null && license !== ref.license) {
    found.push({ code: 'LICENSE_DIFFERS', detail: `${quoted(license)} for ${quoted(ref.license)}` })
  }
  if (runsScript && !ref.hasInstallScript) {
    const scripts = Object.entries(installScripts(all))
    const detail = scripts.map(([event, script]) => `${event}: ${script}`).join('\n')
    found.push({
      code: 'SCRIPTS_UNANNOUNCED',
      detail: clip(detail, 1000) || 'binding.gyp, built by node-gyp',
    })
  }
  return found
}

function isSameVersion(a: unknown, b: string): boolean {
  if (typeof a !== 'string') return false
  if (a === b) return true
  return valid(a, true) !== null && valid(b, true) !== null && eq(a, b, true)
}

function quoted(text: string): string {
  return JSON.stringify(clip(text, 200))
}
