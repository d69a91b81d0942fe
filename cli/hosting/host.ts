/**
 * A program: serves services of the review, as a child of the command line.
 *
 * 1. It loads while Kafka still starts, and waits for its environment on the channel to its parent.
 * 2. It tells the parent once it serves.
 * 3. When the channel ends it is stopped as by SIGTERM, however the parent ended; unless it was
 *    told to stay.
 */

import { readOrder, readServiceNames, type Report } from './order.ts'

let isToStay = false
const serving = Promise.withResolvers<Readonly<Record<string, string>>>()

process.on('message', (message) => {
  const order = readOrder(message)
  if (order.do === 'serve') serving.resolve(order.environment)
  else isToStay = true
})
process.on('disconnect', endUnlessToStay)
// The parent may have ended while this was loaded.
if (!process.connected) endUnlessToStay()

const names = readServiceNames(process.argv[2])
const [{ serve }, { served }] = await Promise.all([
  import('../../runtime/serve.ts'),
  import('../../services/definitions.ts'),
])
Object.assign(process.env, await serving.promise)
await serve(...names.map((name) => served[name]))
tell({ is: 'serving' })

function endUnlessToStay(): void {
  if (!isToStay) process.kill(process.pid, 'SIGTERM')
}

function tell(report: Report): void {
  if (process.connected) process.send?.(report)
}
