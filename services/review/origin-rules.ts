/** Where a package comes from, and how npm can tell that it got the right one. */

import { eq, valid } from 'semver'
import type { PackageFacts } from '../contracts/package-facts.ts'
import type { Policy } from '../contracts/policy.ts'
import type { Observation } from './observation.ts'

/** Judges the origin of a package by where the lock resolves it from. */
export function originObservations(facts: PackageFacts, policy: Policy): Observation[] {
  const { name, resolved } = facts
  const evidence = resolved ?? facts.path
  switch (facts.origin) {
    case 'link':
      return []
    case 'file':
      return [
        { kind: 'origin-file', message: `${name} comes from files on this machine`, evidence },
      ]
    case 'git':
      if (/#[0-9a-f]{40}(?:[0-9a-f]{24})?$/i.test(evidence)) {
        return [{ kind: 'origin-git', message: `${name} comes from a git repository`, evidence }]
      }
      return [
        {
          kind: 'origin-git-unpinned',
          message: `${name} comes from a git repository and is not pinned to a commit`,
          evidence,
        },
      ]
    case 'http':
      if (isPlainHttp(evidence)) return [plainHttp(name, evidence)]
      return [
        { kind: 'origin-http', message: `${name} comes from a URL, not from a registry`, evidence },
      ]
    case 'registry':
      return resolved === null ? [] : registryObservations(facts, resolved, policy)
    case 'unknown':
      if (facts.bundled) return []
      return [
        {
          kind: 'origin-unknown',
          message: `the lock does not say where ${name} comes from`,
          evidence,
        },
      ]
  }
}

/** Judges whether npm can check the package that it fetches. */
export function integrityObservations(facts: PackageFacts): Observation[] {
  const { name, integrity, integrityAlgorithm, origin } = facts
  if (integrityAlgorithm === 'sha1' || integrityAlgorithm === 'md5') {
    return [
      {
        kind: 'integrity-weak',
        message: `${name} is checked by ${integrityAlgorithm} only, which can be forged`,
        evidence: integrity ?? '',
      },
    ]
  }
  const isFetched = origin === 'registry' || origin === 'http' || origin === 'unknown'
  if (integrity !== null || facts.bundled || !isFetched) return []
  return [
    {
      kind: 'integrity-missing',
      message: `the lock has no integrity for ${name}, so npm takes whatever it is sent`,
      evidence: facts.resolved ?? 'no resolved, no integrity',
    },
  ]
}

function registryObservations(facts: PackageFacts, resolved: string, policy: Policy) {
  const { name, version } = facts
  const found: Observation[] = []
  if (isPlainHttp(resolved)) found.push(plainHttp(name, resolved))

  const host = URL.canParse(resolved) ? new URL(resolved).host : ''
  if (!policy.registries.includes(host)) {
    found.push({
      kind: 'registry-unlisted',
      message: `${name} comes from ${host || 'a registry'}, which is not among the registries of the policy`,
      evidence: resolved,
    })
  }
  const tarball = tarballOf(resolved)
  if (tarball && tarball.name !== name) {
    found.push({
      kind: 'resolved-mismatch',
      message: `the lock says ${name} and fetches ${tarball.name}`,
      evidence: resolved,
    })
  } else if (tarball?.version && valid(version, true) && !eq(tarball.version, version, true)) {
    found.push({
      kind: 'resolved-mismatch',
      message: `the lock says ${name} ${version} and fetches ${tarball.version}`,
      evidence: resolved,
    })
  }
  return found
}

/** Every registry serves <name>/-/<folder>-<version>.tgz. */
function tarballOf(resolved: string): { name: string; version: string | null } | null {
  let path: string
  try {
    path = decodeURIComponent(new URL(resolved).pathname)
  } catch {
    // Not an escaped URL, so nothing can be compared.
    return null
  }
  const match = /((?:@[^/]+\/)?([^/]+))\/-\/(?:.*\/)?([^/]+)\.tgz$/.exec(path)
  if (match?.[1] === undefined || match[2] === undefined || match[3] === undefined) return null
  const [, name, folder, file] = match
  const version = file.startsWith(`${folder}-`) ? file.slice(folder.length + 1) : null
  return { name, version: version === null ? null : valid(version, true) }
}

function isPlainHttp(url: string): boolean {
  return /^http:/i.test(url)
}

function plainHttp(name: string, evidence: string): Observation {
  return {
    kind: 'origin-http-plain',
    message: `${name} is fetched over http, where anybody on the way can replace it`,
    evidence,
  }
}
