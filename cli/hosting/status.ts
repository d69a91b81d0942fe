/** `stoa status`: what runs in the background. */

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { backendStatus, type PartState } from '../../deploy/local/backend.ts'
import { givenBackend } from '../../deploy/local/choice.ts'
import { brokerAnswers, registryAnswers } from '../../deploy/local/probe.ts'
import type { Invocation } from '../invocation.ts'
import { emit, outputFormat, parsed } from '../options.ts'
import { table } from '../terminal/table.ts'
import { moment } from '../terminal/times.ts'
import { serviceNames } from './order.ts'
import { isServing, readServices } from './services-record.ts'

const Options = z.object({ output: outputFormat })

export interface Part {
  readonly name: string
  /** A service whose broker does not answer is silent too. */
  readonly state: PartState
  readonly pid: number | null
  /** ISO time. */
  readonly since: string | null
  /** Its address, or the file that it prints to. */
  readonly where: string | null
}

/** Shows broker, registry and services; 0 when all of them are up, else 1. */
export async function status(invocation: Invocation, given: unknown): Promise<number> {
  const { output } = parsed(Options, given)
  const { terminal, home } = invocation
  const [backend, services] = await Promise.all([backendParts(invocation), serviceParts(home)])
  const parts = [...backend, ...services]
  const areUp = parts.every(({ state }) => state === 'up')
  emit(terminal, output, { up: areUp, parts }, () => {
    const { green, red, yellow } = terminal.colors
    const painted = { up: green, silent: yellow, down: red }
    return table(
      ['NAME', 'STATE', 'PID', 'SINCE', 'WHERE'],
      parts.map(({ name, state, pid, since, where }) => [
        name,
        painted[state](state),
        pid === null ? '-' : String(pid),
        since ?? '-',
        where ?? '',
      ]),
    )
  })
  return areUp ? 0 : 1
}

async function backendParts({ home, variables }: Invocation): Promise<readonly Part[]> {
  const given = givenBackend(variables)
  if (given !== undefined) {
    const { brokers, registryUrl } = given
    const [isBrokerUp, isRegistryUp] = await Promise.all([
      anyAnswers(brokers),
      registryAnswers(registryUrl),
    ])
    return [
      { ...downPart('broker'), state: isBrokerUp ? 'up' : 'silent', where: brokers },
      { ...downPart('registry'), state: isRegistryUp ? 'up' : 'silent', where: registryUrl },
    ]
  }
  const local = await backendStatus(home)
  if (local === undefined) return [downPart('broker'), downPart('registry')]
  const since = moment(statSync(join(home, 'backend.json')).mtimeMs)
  const part = (name: 'broker' | 'registry', index: number, where: string): Part =>
    local[name] === 'down'
      ? { ...downPart(name), where }
      : { name, state: local[name], pid: local.pids[index] ?? null, since, where }
  return [part('broker', 0, local.brokers), part('registry', 1, local.registryUrl)]
}

async function serviceParts(home: string): Promise<readonly Part[]> {
  const record = readServices(home)
  const hasBroker = record !== undefined && (await anyAnswers(record.brokers))
  return serviceNames.map((name) => {
    const service = record?.services.find((each) => each.name === name)
    if (service === undefined) return downPart(name)
    const { pid, startedAt, logFile } = service
    const state = hasBroker && isServing(service) ? 'up' : 'silent'
    return { name, state, pid, since: moment(startedAt), where: logFile }
  })
}

async function anyAnswers(brokers: string): Promise<boolean> {
  return (await Promise.all(brokers.split(',').map(brokerAnswers))).some(Boolean)
}

function downPart(name: string): Part {
  return { name, state: 'down', pid: null, since: null, where: null }
}
