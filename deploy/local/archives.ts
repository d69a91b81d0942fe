/**
 * Class-data archives: with one a JVM starts in half the time. Java writes it when a JVM ends, slowly,
 * so a process of low priority does that once, in the background, on data of its own.
 */

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { extname, join } from 'node:path'

import type { Platform } from './libraries.ts'

export type Archived = 'kafka' | 'registry'

const all: readonly Archived[] = ['registry', 'kafka']

/** Returns the flags that make a JVM read its archive, or write it; none when there is no archive. */
export function archiveFlags(platform: Platform, name: Archived, train: boolean): string[] {
  const archive = archivePath(platform, name)
  if (train) {
    mkdirSync(platform.archives, { recursive: true })
    return [`-XX:ArchiveClassesAtExit=${halfWritten(archive)}`]
  }
  return existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []
}

/** Puts an archive in its place once it is complete; says whether it was. */
export function keepArchive(platform: Platform, name: Archived): boolean {
  const archive = archivePath(platform, name)
  if (!existsSync(halfWritten(archive))) return false
  renameSync(halfWritten(archive), archive)
  return true
}

/** Which archives are still to be written. */
export function missingArchives(platform: Platform): readonly Archived[] {
  return all.filter((name) => !existsSync(archivePath(platform, name)))
}

/** Starts a process that writes the archives that are missing, and leaves it to itself. */
export function trainInBackground(
  platform: Platform,
  directory: string,
  progress: (line: string) => void,
): void {
  if (missingArchives(platform).length === 0) return
  progress('preparing faster starts in the background, for about a minute, once')
  // Beside this file, compiled or not.
  const main = join(import.meta.dirname, `train${extname(import.meta.filename)}`)
  spawn(process.execPath, [main, directory], { detached: true, stdio: 'ignore' }).unref()
}

/** An archive fits the very JVM that wrote it. */
function archivePath(platform: Platform, name: Archived): string {
  return join(platform.archives, `${name}-java-${platform.java.version}.jsa`)
}

function halfWritten(archive: string): string {
  return `${archive}.half`
}
