/** Where the command keeps what it runs: data, libraries, logs and notes of what is up. */

import { homedir } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { isAddressOf } from '../deploy/local/record.ts'

export type Variables = Readonly<Record<string, string | undefined>>

/**
 * Returns the directory: STOA_HOME, else `.stoa` in the checkout that this file belongs to, else,
 * for an installed package, a folder of the user's.
 */
export function homeOf(variables: Variables, cwd: string, here = import.meta.dirname): string {
  const named = variables['STOA_HOME'] ?? ''
  if (named !== '') return resolve(cwd, named)
  if (isInstalled(here)) {
    const state = variables['XDG_STATE_HOME'] ?? ''
    return join(state === '' ? join(homedir(), '.local', 'state') : state, 'stoa')
  }
  return join(checkoutOf(here), '.stoa')
}

/** The variables, where they name the very Kafka that `stoa up` keeps here, without what names it. */
export function withoutOwnBackend(variables: Variables, home: string): Variables {
  const { KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registryUrl } = variables
  const isOwn =
    brokers !== undefined && registryUrl !== undefined && isAddressOf(home, brokers, registryUrl)
  return isOwn ? withoutBackend(variables) : variables
}

/** The variables without those that say how a Kafka is reached. */
export function withoutBackend(variables: Variables): Variables {
  return Object.fromEntries(
    Object.entries(variables).filter(([name]) => !/^(KAFKA|SCHEMA_REGISTRY)_/.test(name)),
  )
}

/** How a person in a folder calls this very command. */
export function commandIn(cwd: string, here = import.meta.dirname): string {
  if (isInstalled(here)) return 'npx stoa'
  const path = relative(cwd, join(checkoutOf(here), 'stoa'))
  return path.includes(sep) ? path : `.${sep}${path}`
}

/** Where the services' output goes. */
export function logFileOf(home: string, service: string): string {
  return join(home, 'logs', `${service}.log`)
}

function isInstalled(here: string): boolean {
  return here.split(sep).includes('node_modules')
}

function checkoutOf(here: string): string {
  const parent = dirname(here)
  // Compiled, the checkout is one folder further up.
  return parent.endsWith(`${sep}dist`) ? dirname(parent) : parent
}
