/** Node, the ways to run Kafka here, and room for what it keeps. */

import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { choose, givenBackend } from '../../deploy/local/choice.ts'
import { hasTestcontainers } from '../../deploy/local/containers.ts'
import { dockerAnswers } from '../../deploy/local/docker.ts'
import { findExecutable } from '../../deploy/local/executable.ts'
import { findJava } from '../../deploy/local/java.ts'
import { isFetched } from '../../deploy/local/libraries.ts'
import { oldestJava } from '../../deploy/local/versions.ts'
import type { Invocation } from '../invocation.ts'
import type { Check } from './doctor.ts'

const oldestNode = [22, 12] as const
const gigabyte = 2 ** 30
/** Libraries, an image of each, and some months of journals. */
const fewestBytes = 2 * gigabyte

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isNew = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
  return {
    name: 'Node',
    state: isNew ? 'ok' : 'problem',
    found: version,
    advice: isNew ? '' : `install Node ${oldestNode.join('.')} or newer`,
  }
}

/** Docker, or Java and Maven: one way is enough, and none is needed where Kafka is given. */
export async function checkWays({ variables, home }: Invocation): Promise<readonly Check[]> {
  const [docker, java] = await Promise.all([dockerAnswers(variables), findJava(variables)])
  const maven = findExecutable('mvn', variables)
  const downloaded = isFetched(home)
  const found = {
    ...{ docker, maven: maven !== undefined, downloaded },
    testcontainers: docker && hasTestcontainers(),
    java: java?.major,
  }
  const isNeeded = givenBackend(variables) === undefined && !hasWay(found)
  const missing = isNeeded ? 'problem' : 'note'
  const hasJava = java !== undefined && java.major >= oldestJava
  return [
    check('Docker', docker, docker ? 'answers' : 'does not answer', missing, 'start Docker'),
    check(
      'Java',
      hasJava,
      java?.version ?? 'none',
      missing,
      `install Java ${oldestJava} or newer, or use Docker`,
    ),
    check(
      'Maven',
      maven !== undefined || downloaded,
      maven ?? (downloaded ? 'none, and Kafka is downloaded' : 'none'),
      missing,
      'install Maven, or use Docker',
    ),
  ]
}

export async function checkDisk({ home }: Invocation): Promise<Check> {
  let folder = home
  while (!existsSync(folder)) folder = dirname(folder)
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  return {
    name: 'disk',
    state: free >= fewestBytes ? 'ok' : 'problem',
    found: `${(free / gigabyte).toFixed(1)} GB free for ${home}`,
    advice: free >= fewestBytes ? '' : 'make room, or name another folder with STOA_HOME',
  }
}

function check(
  name: string,
  isOk: boolean,
  found: string,
  missing: 'note' | 'problem',
  advice: string,
): Check {
  return isOk
    ? { name, state: 'ok', found, advice: '' }
    : { name, state: missing, found, advice: missing === 'problem' ? advice : '' }
}

function hasWay(found: Omit<Parameters<typeof choose>[0], 'holder'>): boolean {
  try {
    choose({ ...found, holder: undefined })
    return true
  } catch {
    return false
  }
}
