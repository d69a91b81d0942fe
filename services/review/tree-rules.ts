/** What only the whole tree shows: versions side by side, and what is not installed. */

import { compare, valid } from 'semver'
import { compareText } from '../contracts/compare-text.ts'
import { finding } from '../contracts/finding.ts'
import type { Finding } from '../contracts/finding.ts'
import { findingKinds } from '../contracts/finding-kinds.ts'
import type { FindingKind } from '../contracts/finding-kinds.ts'
import type { PackageFacts } from '../contracts/package-facts.ts'

const agent = 'review'

/** The distinct versions of every name, the lowest first. */
export function versionsByName(facts: readonly PackageFacts[]): Map<string, string[]> {
  const byName = new Map<string, Set<string>>()
  for (const { name, version } of facts) {
    const versions = byName.get(name) ?? new Set()
    if (version !== '') versions.add(version)
    byName.set(name, versions)
  }
  return new Map([...byName].map(([name, versions]) => [name, [...versions].sort(compareVersions)]))
}

/** Reports each name that is in the tree in more than one version. */
export function duplicateFindings(facts: readonly PackageFacts[]): Finding[] {
  const placed = Map.groupBy(facts, ({ name }) => name)
  return [...versionsByName(facts)].flatMap(([name, versions]) => {
    const places = (placed.get(name) ?? []).toSorted((a, b) => compareText(a.path, b.path))
    const [first] = places
    if (versions.length < 2 || first === undefined) return []
    const evidence = versions.map((version) => {
      const paths = places.filter((place) => place.version === version).map(({ path }) => path)
      const more = paths.length > 1 ? ` and ${paths.length - 1} more` : ''
      return `${version} at ${paths[0] ?? ''}${more}`
    })
    const message = `${name} is in the tree in ${versions.length} versions`
    return [about(first, 'duplicate-versions', message, evidence.join('\n'))]
  })
}

/**
 * Reports what is missing on disk. An optional or a peer package may be; when nothing is
 * installed, or no development package, that is one finding and not one for each.
 */
export function missingFindings(facts: readonly PackageFacts[]): Finding[] {
  const needed = facts.filter(({ link, optional, peer }) => !link && !optional && !peer)
  const fetched = needed.filter(({ path }) => path.split('/').includes('node_modules'))
  const development = fetched.filter(({ dev }) => dev)
  const found: Finding[] = []
  let excused: readonly PackageFacts[] = []
  if (fetched.some(isMissing) && fetched.every(isAbsent)) {
    excused = fetched
    found.push(
      aboutTree('nothing is installed: facts are from the lock alone', `0 of ${fetched.length}`),
    )
  } else if (development.some(isMissing) && development.every(isAbsent)) {
    excused = development
    found.push(aboutTree('no development package is installed', `0 of ${development.length}`))
  }
  const expected = new Set(excused)
  for (const missing of needed.filter((each) => isMissing(each) && !expected.has(each))) {
    const message = `${missing.name} is in the lock and not installed`
    found.push(about(missing, 'package-missing', message, missing.path))
  }
  return found
}

/** Missing, or not even looked for. */
function isAbsent(facts: PackageFacts): boolean {
  return isMissing(facts) || facts.problems.some(({ code }) => code === 'PATH_UNSAFE')
}

function isMissing({ problems }: PackageFacts): boolean {
  return problems.some(({ code }) => code === 'NOT_INSTALLED')
}

function compareVersions(a: string, b: string): number {
  const order = valid(a, true) && valid(b, true) ? compare(a, b, true) : 0
  return order === 0 ? compareText(a, b) : order
}

function about(
  { name, version, path }: PackageFacts,
  kind: FindingKind,
  message: string,
  evidence: string,
): Finding {
  const { severity } = findingKinds[kind]
  return finding({ severity, kind, package: name, version, path, message, evidence, agent })
}

function aboutTree(message: string, evidence: string): Finding {
  return finding({
    severity: findingKinds['tree-not-installed'].severity,
    kind: 'tree-not-installed',
    package: '',
    version: '',
    path: '',
    message,
    evidence,
    agent,
  })
}
