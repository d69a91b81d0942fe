/** Where the command keeps what it runs: data, libraries, logs and notes of what is up. */

import { homedir } from 'node:os'
import { dirname, join, resolve, sep } from 'node:path'

export type Variables = Readonly<Record<string, string | undefined>>

/**
 * Returns the directory: STOA_HOME, else `.stoa` in the checkout that this file belongs to, else,
 * for an installed package, a folder of the user's.
 */
export function homeOf(variables: Variables, cwd: string, here = import.meta.dirname): string {
  const named = variables['STOA_HOME'] ?? ''
  if (named !== '') return resolve(cwd, named)
  if (here.split(sep).includes('node_modules')) {
    const state = variables['XDG_STATE_HOME'] ?? ''
    return join(state === '' ? join(homedir(), '.local', 'state') : state, 'stoa')
  }
  const parent = dirname(here)
  // Compiled, the checkout is one folder further up.
  return join(parent.endsWith(`${sep}dist`) ? dirname(parent) : parent, '.stoa')
}

/** Where the services' output goes. */
export function logFileOf(home: string, service: string): string {
  return join(home, 'logs', `${service}.log`)
}
