/**
 * Two faults of kafkajs that are mended from outside, once for the process.
 *
 * Every connection re-arms a timer that is already due, so an idle one fires each millisecond. And
 * a socket that is destroyed without an error leaves its requests waiting for ever.
 */

import net from 'node:net'
import tls from 'node:tls'
import type { ISocketFactory } from 'kafkajs'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

const keepAliveMs = 60_000

/** Lets a connection's timer run only while there is something for it to do. Harmless to repeat. */
export function calmRequestQueue(): void {
  const { prototype } = RequestQueue
  if (Object.hasOwn(prototype, isCalmed)) return
  Object.defineProperty(prototype, isCalmed, { value: true })

  const { scheduleCheckPendingRequests: schedule } = prototype
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this)
  }
}

const isCalmed = Symbol('stoa.isCalmed')

/** Opens sockets whose end is always heard, and which send small requests at once. */
export const openSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const serverName = net.isIP(host) === 0 ? { servername: host } : {}
  const isSecure: unknown = ssl
  const socket = isSecure
    ? tls.connect({ host, port, ...serverName, ...ssl }, onConnect)
    : net.connect({ host, port }, onConnect)
  socket.setKeepAlive(true, keepAliveMs)
  socket.setNoDelay(true)
  return hearEnd(socket)
}

/** Makes a socket's `close` end its requests, whether or not it has said `end`. */
export function hearEnd<S extends net.Socket>(socket: S): S {
  let hasEnded = false
  socket.once('end', () => {
    hasEnded = true
  })
  socket.once('close', () => {
    if (!hasEnded) socket.emit('end')
  })
  return socket
}
