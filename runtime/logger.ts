/** The logger as the runtime uses it; pino's shape. */

import pino from 'pino'

export type LogFunction = (fields: object, message: string) => void

export interface Logger {
  readonly debug: LogFunction
  readonly info: LogFunction
  readonly warn: LogFunction
  readonly error: LogFunction
  child(bindings: object): Logger
}

/** One JSON line an event on standard error; an `error` with its message, stack and causes. */
export function createLogger(level: string): Logger {
  const serializers = { error: pino.stdSerializers.err }
  const timestamp = pino.stdTimeFunctions.isoTime
  return pino({ level, base: {}, serializers, timestamp }, pino.destination(2))
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
}
