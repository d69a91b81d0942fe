/**
 * What the project on disk says beside its lock: other dependencies in its manifests, and other
 * packages in its node_modules. Nobody inspects those, so each is a finding.
 */

import { join } from 'node:path'
import { clip } from '../contracts/clip.ts'
import type { DependencyTree } from '../contracts/dependency-tree.ts'
import { finding } from '../contracts/finding.ts'
import type { Finding } from '../contracts/finding.ts'
import { findingKinds } from '../contracts/finding-kinds.ts'
import { installScripts, isRecord } from '../contracts/manifest.ts'
import { readProjectFile } from '../contracts/project-file.ts'
import { nameFromPath } from './lock-path.ts'
import type { Observation } from './observation.ts'
import { readProjectManifests } from './project-manifests.ts'
import { syncDifferences } from './sync-rules.ts'
import { readUnlockedPackages } from './unlocked-packages.ts'

interface Subject {
  readonly package: string
  readonly version: string
  readonly path: string
}

const project: Subject = { package: '', version: '', path: '' }
const maxManifestBytes = 1024 * 1024
/** What is found is recorded, so of very many the rest is one finding. */
const mostOfAKind = 500

/** Compares a project on disk with its lock; in a directory with the lock alone nothing differs. */
export async function compareProject(tree: DependencyTree): Promise<Finding[]> {
  const { manifests, problem } = await readProjectManifests(tree)
  const { unlocked, replaced, unlinked, unreadable } = await readUnlockedPackages(tree)
  const found: Finding[] = []
  if (problem !== null) {
    const message = 'the package.json of the project cannot be compared with the lock'
    found.push(about(project, { kind: 'package-unreadable', message, evidence: problem }))
  }
  const differences = syncDifferences(tree, manifests)
  for (const { name, version, path, message, evidence } of differences.slice(0, mostOfAKind)) {
    found.push(
      about({ package: name, version, path }, { kind: 'lock-out-of-sync', message, evidence }),
    )
  }
  found.push(...rest('lock-out-of-sync', differences.length))
  for (const { path, link } of unlocked.slice(0, mostOfAKind)) {
    // A link is not followed: it may lead anywhere.
    const read = link ? null : await readManifest(tree.directory, path)
    found.push(unlockedFinding(path, read))
  }
  found.push(...rest('package-unlocked', unlocked.length))
  for (const path of replaced.slice(0, mostOfAKind)) {
    const message = `${nameFromPath(path)} is installed where the lock has a link to the project`
    found.push(about(subjectAt(path), { kind: 'manifest-mismatch', message, evidence: path }))
  }
  for (const path of unlinked.slice(0, mostOfAKind)) {
    const message = `${nameFromPath(path)} is in the lock and not linked`
    found.push(about(subjectAt(path), { kind: 'package-missing', message, evidence: path }))
  }
  for (const { path, code } of unreadable.slice(0, mostOfAKind)) {
    const message = 'a node_modules cannot be listed, so what is in it is not known'
    const evidence = `${path} (${code})`
    found.push(about(project, { kind: 'package-unreadable', message, evidence }))
  }
  return found
}

function unlockedFinding(path: string, manifest: Record<string, unknown> | null): Finding {
  const { name, version } = manifest ?? {}
  const subject = {
    ...subjectAt(path),
    version: typeof version === 'string' ? clip(version, 300) : '',
  }
  const calledSo = [name, version].filter((part) => typeof part === 'string').join('@')
  const scripts = Object.entries(installScripts(manifest?.scripts))
  const evidence = [
    manifest === null ? 'a symbolic link' : `its package.json says ${calledSo || 'nothing'}`,
    ...scripts.map(([event, script]) => `${event}: ${script}`),
  ].join('\n')
  const message = `${subject.package} is installed and not in the lock, so it was not inspected`
  return about(subject, { kind: 'package-unlocked', message, evidence })
}

async function readManifest(directory: string, path: string): Promise<Record<string, unknown>> {
  const file = join(directory, path, 'package.json')
  const read = await readProjectFile(file, { maxBytes: maxManifestBytes })
  if (read.status !== 'read') return {}
  try {
    const json: unknown = JSON.parse(read.text)
    return isRecord(json) ? json : {}
  } catch {
    // That it is installed is what is found; its manifest only adds to it.
    return {}
  }
}

function rest(kind: Observation['kind'], total: number): Finding[] {
  if (total <= mostOfAKind) return []
  const message = `there are ${total - mostOfAKind} more of ${kind}, which are not listed`
  return [about(project, { kind, message, evidence: `${total} in all` })]
}

function subjectAt(path: string): Subject {
  return { package: clip(nameFromPath(path), 300), version: '', path }
}

function about(subject: Subject, { kind, message, evidence }: Observation): Finding {
  const { severity } = findingKinds[kind]
  return finding({ severity, kind, ...subject, message, evidence, agent: 'review' })
}
