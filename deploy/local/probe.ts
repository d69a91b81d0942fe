/** Asks whether a broker or a registry answers. */

import { connect } from 'node:net'

const timeoutMs = 2000

/** ApiVersions, version 0, correlation id 7, client id 'ok': the request every broker answers. */
const apiVersions = Buffer.from('0000000c0012000000000007' + '00026f6b', 'hex')

/** Whether a Kafka broker answers at `host:port`. */
export function brokerAnswers(address: string): Promise<boolean> {
  const separator = address.lastIndexOf(':')
  return new Promise((resolve) => {
    const socket = connect({
      host: address.slice(0, separator),
      port: Number(address.slice(separator + 1)),
    })
    const settle = (answers: boolean): void => {
      socket.destroy()
      resolve(answers)
    }
    socket.setTimeout(timeoutMs, () => settle(false))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
    socket.once('connect', () => socket.write(apiVersions))
    socket.once('data', (data) => settle(data.length >= 8 && data.readInt32BE(4) === 7))
  })
}

/** Whether a registry serves Confluent's protocol at a URL. */
export async function registryAnswers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(timeoutMs) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
