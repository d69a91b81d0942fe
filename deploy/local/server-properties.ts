/** The configuration of the one local Kafka node: broker and controller in one process. */

export interface ServerOptions {
  readonly port: number
  readonly controllerPort: number
  readonly dataDirectory: string
  /** The data was left by a broker that was killed. */
  readonly killed: boolean
}

/** Kafka's own: a busy machine may keep a broker from its heartbeats for seconds. */
const sessionTimeoutMs = 9000

/** A broker that was killed is let in again only when its old session has run out. */
const sessionTimeoutAfterKillMs = 3000

/** Returns the text of `server.properties`. */
export function serverProperties(options: ServerOptions): string {
  const broker = `127.0.0.1:${options.port}`
  const controller = `127.0.0.1:${options.controllerPort}`
  return propertiesText({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://${broker},CONTROLLER://${controller}`,
    'advertised.listeners': `PLAINTEXT://${broker}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': options.dataDirectory,
    ...singleNodeProperties,
    'broker.session.timeout.ms': String(
      options.killed ? sessionTimeoutAfterKillMs : sessionTimeoutMs,
    ),
    'broker.heartbeat.interval.ms': '500',
    // Small: it serves one person.
    'num.network.threads': '2',
    'num.io.threads': '4',
    'log.cleaner.dedupe.buffer.size': '10485760',
  })
}

/** What any single node needs, as a process or in a container. */
export const singleNodeProperties: Readonly<Record<string, string>> = {
  'auto.create.topics.enable': 'false',
  'delete.topic.enable': 'true',
  // Journals are the truth: only a topic that says so loses records to time.
  'log.retention.ms': '-1',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
}

/** Java's format: a backslash escapes, so one in a value is doubled. */
export function propertiesText(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('')
}
