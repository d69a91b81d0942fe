/** The records of the log: their plain form, their bytes, their headers, and the topics they go to. */

export {
  type Codec,
  createCodec,
  decodeOurs,
  memorySchemaStore,
  type RecordCodec,
  type SchemaStore,
} from './codec.ts'
export { EncodedEntry, entryBytes, readEntry } from './entry-bytes.ts'
export { cloudEventHeaders, type RecordContext } from './headers.ts'
export type {
  CheckpointPart,
  Commit,
  DeadLetter,
  Entry,
  EntryBody,
  Failure,
  Fence,
  Message,
  MessageBody,
  Outcome,
  OutboxPosition,
  Parent,
  Payload,
  Result,
} from './records.ts'
export { type RegistryOptions, registrySchemaStore } from './registry.ts'
export {
  deadLettersPlan,
  deadLettersTopic,
  defaultPartitions,
  definitionTopicPlans,
  definitionTopics,
  type DefinitionTopics,
  topicPlan,
  type TopicPlan,
  type TopicPlanOptions,
} from './topics.ts'
