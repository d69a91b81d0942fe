/** Finds a Java and its version, without starting it where that can be helped. */

import { execFile } from 'node:child_process'
import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

import type { Environment } from './choice.ts'
import { findExecutable, isExecutable } from './executable.ts'

export interface JavaVersion {
  /** In full, such as '17.0.15'. */
  readonly version: string
  readonly major: number
}

export interface Java extends JavaVersion {
  readonly command: string
}

/** Returns the Java of JAVA_HOME, or else the one on PATH, or undefined when neither runs. */
export async function findJava(env: Environment): Promise<Java | undefined> {
  const home = env['JAVA_HOME']
  const ofHome = home === undefined || home === '' ? undefined : join(home, 'bin', 'java')
  const command =
    ofHome !== undefined && isExecutable(ofHome) ? ofHome : findExecutable('java', env)
  if (command === undefined) return undefined
  const version = releasedVersion(command) ?? (await printedVersion(command))
  return version && { command, ...version }
}

/**
 * Reads the version from what `java -version` prints or from the `release` file of a JDK; 1.8 is 8.
 * Returns undefined when the text names no version.
 */
export function parseJavaVersion(text: string): JavaVersion | undefined {
  const match = /(?:version |JAVA_VERSION=)"((?:1\.)?(\d+)[^"]*)"/.exec(text)
  if (match?.[1] === undefined || match[2] === undefined) return undefined
  return { version: match[1], major: Number(match[2]) }
}

/** A JDK says its version in a file: reading it saves the start of a JVM. */
function releasedVersion(command: string): JavaVersion | undefined {
  try {
    const home = dirname(dirname(realpathSync(command)))
    return parseJavaVersion(readFileSync(join(home, 'release'), 'utf8'))
  } catch {
    return undefined
  }
}

async function printedVersion(command: string): Promise<JavaVersion | undefined> {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, ['-version'], { timeout: 10_000 })
    return parseJavaVersion(stderr + stdout)
  } catch {
    return undefined
  }
}
