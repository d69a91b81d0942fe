import { inject } from 'vitest'
import { logConformance } from '../../runtime/log/conformance.ts'
import { openKafka } from './harness.ts'

logConformance('the log on Kafka', () => openKafka(inject('brokers')))
