/**
 * Whether the lock is that of the manifests beside it, by what `npm ci` would refuse. A lock that
 * has more than is asked for is none of that: npm leaves the rest out.
 */

import { satisfies, validRange } from 'semver'
import { compareText } from '../contracts/compare-text.ts'
import type { DependencyTree, PackageRef, Request } from '../contracts/dependency-tree.ts'
import type { ProjectManifest } from './project-manifests.ts'

/** Where a manifest and the lock differ; `path` is that of the locked package, if there is one. */
export interface Difference {
  readonly name: string
  readonly version: string
  readonly path: string
  readonly message: string
  readonly evidence: string
}

/** Compares what the manifests of the project ask for with what the lock has. */
export function syncDifferences(
  tree: DependencyTree,
  manifests: readonly ProjectManifest[],
): Difference[] {
  const locked = new Map(tree.packages.map((ref) => [ref.path, ref]))
  const repeated = new Map(tree.requests.map((request) => [keyOf(request), request.spec]))
  const overridden = overriddenNames(manifests.find(({ from }) => from === '')?.overrides)
  const differences = manifests.flatMap(({ from, name, requests }): Difference[] => {
    if (from !== '' && !locked.has(from)) {
      const message = `the workspace ${name} is not in the lock`
      return [{ name, version: '', path: '', message, evidence: `${from}/package.json` }]
    }
    return requests.flatMap((request) => {
      const found = resolve(locked, from, request.name)
      const lockedFor = repeated.get(keyOf(request))
      const isOverridden = overridden.has(request.name)
      return difference(request, found, { lockedFor, isOverridden })
    })
  })
  return differences.sort((a, b) => compareText(a.evidence, b.evidence))
}

interface Circumstances {
  /** What the lock says that the manifest asked for when it was written. */
  readonly lockedFor: string | undefined
  readonly isOverridden: boolean
}

function difference(
  request: Request,
  found: PackageRef | undefined,
  { lockedFor, isOverridden }: Circumstances,
): Difference[] {
  const { from, field, name, spec } = request
  const isUnchanged = lockedFor === spec
  // A lock made with --legacy-peer-deps has no peers, and may have others than are asked for.
  if (field === 'peerDependencies' && isUnchanged) return []
  const asked = `${from === '' ? '' : `${from}/`}package.json, ${field}: ${name}@${spec}`
  if (found === undefined) {
    const message = `${name} is asked for and not in the lock`
    return [{ name, version: '', path: '', message, evidence: asked }]
  }
  if (isUnchanged && isOverridden) return []
  if (isSatisfied(spec, found, isUnchanged)) return []
  const { version, path } = found
  const message = `the locked ${name} is not what is asked for`
  return [{ name, version, path, message, evidence: `${asked}; locked: ${described(found)}` }]
}

/**
 * A tag says nothing of the version. A repository, a URL or a folder cannot be compared with what is
 * locked, only with what was asked for when it was locked.
 */
function isSatisfied(spec: string, found: PackageRef, isUnchanged: boolean): boolean {
  const alias = /^npm:((?:@[^/@]+\/)?[^@]+)(?:@(.*))?$/i.exec(spec)
  if (alias !== null && alias[1] !== found.name) return false
  const range = alias === null ? spec : (alias[2] ?? '')
  if (range === '' || range === '*') return true
  if (validRange(range, true) !== null) return satisfies(found.version, range, true)
  return isUnchanged || /^[^/:]+$/.test(range)
}

/** As Node.js resolves it: from the folder on outwards. */
function resolve(
  locked: ReadonlyMap<string, PackageRef>,
  from: string,
  name: string,
): PackageRef | undefined {
  const folders = from === '' ? [] : from.split('/')
  for (let depth = folders.length; depth >= 0; depth--) {
    const found = locked.get([...folders.slice(0, depth), 'node_modules', name].join('/'))
    if (found !== undefined) return found
  }
  return undefined
}

/** An override may be written at any depth, and with a range behind the name. */
function overriddenNames(overrides: unknown, depth = 0): Set<string> {
  const names = new Set<string>()
  if (typeof overrides !== 'object' || overrides === null || depth > 20) return names
  for (const [key, value] of Object.entries(overrides)) {
    names.add(key.replace(/(?!^)@.*$/, ''))
    for (const name of overriddenNames(value, depth + 1)) names.add(name)
  }
  return names
}

function keyOf({ from, name }: Pick<Request, 'from' | 'name'>): string {
  return JSON.stringify([from, name])
}

function described({ name, version, resolved }: PackageRef): string {
  return version === '' ? (resolved ?? name) : `${name}@${version}`
}
