/**
 * What the adapter uses of kafkajs beyond its public API: connections, authentication and the
 * encoding of requests. kafkajs 2.2.4 is pinned, and the conformance suite holds all of this.
 */

/* eslint-disable no-restricted-syntax -- a module of kafkajs is a default export to us */

declare module 'kafkajs/src/protocol/requests/index.js' {
  /** One request, and how its response is read. */
  export interface Call<R> {
    readonly request: {
      readonly apiKey: number
      readonly apiVersion: number
      readonly apiName: string
      readonly encode: () => Promise<object>
    }
    readonly response: {
      readonly decode: (raw: Buffer) => Promise<R>
      readonly parse: (data: R) => Promise<R>
    }
  }

  interface Definition<A, R> {
    protocol(version: { readonly version: number }): (args: A) => Call<R>
  }

  interface PartitionMetadata {
    readonly partitionErrorCode: number
    readonly partitionId: number
    readonly leader: number
  }

  interface ErrorCode {
    readonly errorCode: number
  }

  interface GroupMember {
    readonly groupId: string
    readonly memberId: string
    readonly groupInstanceId: string | null
  }

  interface TopicPartitions<P> {
    readonly topic: string
    readonly partitions: readonly P[]
  }

  const definitions: {
    readonly requests: {
      readonly Metadata: Definition<
        { readonly topics: readonly string[]; readonly allowAutoTopicCreation: boolean },
        {
          readonly brokers: readonly {
            readonly nodeId: number
            readonly host: string
            readonly port: number
          }[]
          readonly topicMetadata: readonly {
            readonly topicErrorCode: number
            readonly topic: string
            readonly partitionMetadata: readonly PartitionMetadata[]
          }[]
        }
      >
      readonly InitProducerId: Definition<
        { readonly transactionalId?: undefined; readonly transactionTimeout: number },
        ErrorCode & { readonly producerId: string; readonly producerEpoch: number }
      >
      readonly ListOffsets: Definition<
        {
          readonly isolationLevel: number
          readonly topics: readonly TopicPartitions<{
            readonly partition: number
            readonly timestamp: number
          }>[]
        },
        {
          readonly responses: readonly TopicPartitions<
            ErrorCode & { readonly partition: number; readonly offset: string }
          >[]
        }
      >
      readonly DeleteRecords: Definition<
        {
          readonly topics: readonly TopicPartitions<{
            readonly partition: number
            readonly offset: string
          }>[]
          readonly timeout: number
        },
        { readonly topics: readonly TopicPartitions<ErrorCode & { readonly partition: number }>[] }
      >
      readonly DescribeConfigs: Definition<
        {
          readonly resources: readonly {
            readonly type: number
            readonly name: string
            readonly configNames: readonly string[]
          }[]
        },
        {
          readonly resources: readonly (ErrorCode & {
            readonly configEntries: readonly {
              readonly configName: string
              readonly configValue: string | null
            }[]
          })[]
        }
      >
      readonly GroupCoordinator: Definition<
        { readonly groupId: string; readonly coordinatorType: number },
        ErrorCode & {
          readonly coordinator: {
            readonly nodeId: number
            readonly host: string
            readonly port: number
          }
        }
      >
      readonly JoinGroup: Definition<
        GroupMember & {
          readonly sessionTimeout: number
          readonly rebalanceTimeout: number
          readonly protocolType: string
          readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[]
        },
        ErrorCode & {
          readonly generationId: number
          readonly leaderId: string
          readonly memberId: string
          readonly members: readonly {
            readonly memberId: string
            readonly memberMetadata: Buffer
          }[]
        }
      >
      readonly SyncGroup: Definition<
        GroupMember & {
          readonly generationId: number
          readonly groupAssignment: readonly {
            readonly memberId: string
            readonly memberAssignment: Buffer
          }[]
        },
        ErrorCode & { readonly memberAssignment: Buffer }
      >
      readonly Heartbeat: Definition<
        GroupMember & { readonly groupGenerationId: number },
        ErrorCode
      >
      readonly LeaveGroup: Definition<GroupMember, ErrorCode>
      readonly OffsetCommit: Definition<
        {
          readonly groupId: string
          readonly groupGenerationId: number
          readonly memberId: string
          readonly topics: readonly TopicPartitions<{
            readonly partition: number
            readonly offset: string
            readonly metadata: string
          }>[]
        },
        { readonly responses: readonly TopicPartitions<ErrorCode>[] }
      >
      readonly OffsetFetch: Definition<
        {
          readonly groupId: string
          readonly topics: readonly TopicPartitions<{ readonly partition: number }>[]
        },
        ErrorCode & {
          readonly responses: readonly TopicPartitions<
            ErrorCode & { readonly offset: string; readonly metadata: string | null }
          >[]
        }
      >
    }
  }
  export default definitions
}

declare module 'kafkajs/src/broker/index.js' {
  import type { Call } from 'kafkajs/src/protocol/requests/index.js'
  import type { ConnectionPool } from 'kafkajs/src/cluster/connectionPoolBuilder.js'
  import type { KafkaJSLogger } from 'kafkajs/src/loggers/index.js'

  /** The connections to one broker: one for fetches, one for everything else. */
  export default class Broker {
    constructor(options: {
      readonly connectionPool: ConnectionPool
      readonly logger: KafkaJSLogger
      readonly allowAutoTopicCreation: boolean
    })
    connect(): Promise<void>
    isConnected(): boolean
  }
  export type { Call }
}

declare module 'kafkajs/src/cluster/connectionPoolBuilder.js' {
  import type { Socket } from 'node:net'
  import type { ISocketFactory, KafkaConfig } from 'kafkajs'
  import type { KafkaJSLogger } from 'kafkajs/src/loggers/index.js'
  import type RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
  import type { Call } from 'kafkajs/src/protocol/requests/index.js'

  export interface Connection {
    readonly socket?: Socket
    readonly clientId: string
    readonly requestQueue: RequestQueue
    isConnected(): boolean
    isAuthenticated(): boolean
    nextCorrelationId(): number
    connect(): Promise<unknown>
    send<R>(call: Call<R>): Promise<R>
  }

  export interface ConnectionPool {
    /** The library sends fetches over the second and everything else over the first. */
    readonly pool: readonly [Connection, Connection]
  }

  export default function connectionPoolBuilder(options: {
    readonly brokers: readonly string[]
    readonly clientId: string
    readonly ssl: KafkaConfig['ssl']
    readonly sasl: KafkaConfig['sasl']
    readonly socketFactory: ISocketFactory
    readonly connectionTimeout: number
    readonly requestTimeout: number
    readonly enforceRequestTimeout: boolean
    readonly maxInFlightRequests: null
    readonly logger: KafkaJSLogger
  }): {
    build(address: { readonly host: string; readonly port: number }): Promise<ConnectionPool>
  }
}

declare module 'kafkajs/src/consumer/assignerProtocol.js' {
  import type { AssignerProtocol } from 'kafkajs'

  const assignerProtocol: typeof AssignerProtocol
  export default assignerProtocol
}

declare module 'kafkajs/src/loggers/index.js' {
  import type { logCreator, logLevel } from 'kafkajs'

  export interface KafkaJSLogger {
    namespace(name: string): KafkaJSLogger
  }

  const loggers: {
    readonly LEVELS: { readonly INFO: logLevel }
    createLogger(options: {
      readonly level: logLevel
      readonly logCreator: logCreator
    }): KafkaJSLogger
  }
  export default loggers
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    readonly pending: readonly unknown[]
    readonly throttledUntil: number
    scheduleCheckPendingRequests: (this: RequestQueue) => void
    push(request: {
      readonly entry: {
        readonly apiKey: number
        readonly apiVersion: number
        readonly apiName: string
        readonly correlationId: number
        readonly resolve: (response: { readonly payload: Buffer }) => void
        readonly reject: (error: Error) => void
      }
      readonly expectResponse: boolean
      readonly requestTimeout: null
      readonly sendRequest: () => void
    }): void
  }
}

declare module 'kafkajs/src/protocol/encoder.js' {
  export default class Encoder {
    constructor(initialSize: number)
    buf: Buffer
    offset: number
  }
}

declare module 'kafkajs/src/protocol/error.js' {
  const errors: {
    createErrorFromCode(code: number): Error & { readonly type: string }
  }
  export default errors
}
