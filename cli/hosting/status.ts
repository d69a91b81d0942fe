/** `stoa status`: what runs in the background. */

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { backendStatus } from '../../deploy/local/backend.ts'
import { givenBackend } from '../../deploy/local/choice.ts'
import { brokerAnswers, registryAnswers } from '../../deploy/local/probe.ts'
import type { Invocation } from '../invocation.ts'
import { emit, outputFormat, parsed } from '../options.ts'
import { table } from '../terminal/table.ts'
import { moment } from '../terminal/times.ts'
import { serviceNames } from './order.ts'
import { readServices } from './services-record.ts'

const Options = z.object({ output: outputFormat })

export interface Part {
  readonly name: string
  /** Up and answering, up without an answer, or not up. */
  readonly state: 'up' | 'silent' | 'down'
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
  const parts = [...(await backendParts(invocation)), ...serviceParts(home)]
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
  const local = given === undefined ? await backendStatus(home) : undefined
  const address = given ?? local
  if (address === undefined) return [downPart('broker'), downPart('registry')]
  const { brokers, registryUrl } = address
  const [isBrokerUp, isRegistryUp] =
    local?.answers === true
      ? [true, true]
      : await Promise.all([
          Promise.all(brokers.split(',').map(brokerAnswers)).then((up) => up.some(Boolean)),
          registryAnswers(registryUrl),
        ])
  const since = local === undefined ? null : moment(statSync(join(home, 'backend.json')).mtimeMs)
  const part = (name: string, index: number, isUp: boolean, where: string): Part => ({
    ...{ name, since, where },
    state: isUp ? 'up' : 'silent',
    pid: local?.pids[index] ?? null,
  })
  return [part('broker', 0, isBrokerUp, brokers), part('registry', 1, isRegistryUp, registryUrl)]
}

function serviceParts(home: string): readonly Part[] {
  const services = readServices(home)?.services ?? []
  return serviceNames.map((name) => {
    const service = services.find((each) => each.name === name)
    if (service === undefined) return downPart(name)
    const { pid, startedAt, logFile } = service
    return { name, state: 'up', pid, since: moment(startedAt), where: logFile }
  })
}

function downPart(name: string): Part {
  return { name, state: 'down', pid: null, since: null, where: null }
}
