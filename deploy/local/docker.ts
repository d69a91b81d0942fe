/** Whether a Docker daemon answers: a look at its socket, which costs nothing where there is none. */

import { existsSync } from 'node:fs'
import { request, type RequestOptions } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'

import type { Environment } from './choice.ts'

const timeoutMs = 1000

/** Whether a daemon answers where DOCKER_HOST or a usual place says. */
export function dockerAnswers(env: Environment): Promise<boolean> {
  const endpoint = dockerEndpoint(env, existsSync)
  if (endpoint === undefined) return Promise.resolve(false)
  return new Promise((resolve) => {
    const ping = request({ ...endpoint, path: '/_ping', timeout: timeoutMs }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    ping.once('timeout', () => ping.destroy())
    ping.once('error', () => resolve(false))
    ping.once('close', () => resolve(false))
    ping.end()
  })
}

/** Returns how to reach the daemon, or undefined when there is none that can be asked this way. */
export function dockerEndpoint(
  env: Environment,
  exists: (path: string) => boolean,
): RequestOptions | undefined {
  const host = env['DOCKER_HOST']
  if (host !== undefined && host !== '') return endpointOf(host)
  const run = env['XDG_RUNTIME_DIR'] ?? '/nonexistent'
  const home = env['HOME'] ?? homedir()
  const socketPath = [
    '/var/run/docker.sock',
    join(run, 'docker.sock'),
    join(run, '.docker/run/docker.sock'),
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
  ].find(exists)
  return socketPath === undefined ? undefined : { socketPath }
}

function endpointOf(host: string): RequestOptions | undefined {
  const url = URL.canParse(host) ? new URL(host) : undefined
  if (url?.protocol === 'unix:') return { socketPath: url.pathname }
  if (url?.protocol === 'tcp:' || url?.protocol === 'http:') {
    return { hostname: url.hostname, port: url.port === '' ? 2375 : Number(url.port) }
  }
  return undefined
}
