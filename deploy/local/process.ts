/** Other processes, known by their id only. */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** Whether a process exists; one that has ended but was not yet collected counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM'
  }
  return commandLine(pid) !== ''
}

/** Whether a process was stopped, as by SIGSTOP: it exists, and does nothing until it is woken. */
export function isStopped(pid: number): boolean {
  try {
    const state =
      process.platform === 'linux'
        ? /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
        : execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).trim()[0]
    return state === 'T' || state === 't'
  } catch {
    return false
  }
}

/** Whether a process exists and its command line names `marker`: ids are used again. */
export function isAliveWith(pid: number, marker: string): boolean {
  return isAlive(pid) && commandLine(pid).includes(marker)
}

/** Ends a process that this one did not start: asks first, then insists. */
export async function terminate(pid: number, marker: string, graceMs: number): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', 2000],
  ] as const) {
    if (!isAliveWith(pid, marker)) return
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    const deadline = Date.now() + waitMs
    while (Date.now() < deadline && isAliveWith(pid, marker)) await delay(20)
  }
}

/** Empty when the process is gone or is about to be. */
function commandLine(pid: number): string {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return ''
  }
}
