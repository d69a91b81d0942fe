/**
 * A program: serves one service of the review, as a child of the command line.
 *
 * 1. It loads while Kafka still starts, and waits for its environment on the channel to its parent.
 * 2. It tells the parent once it serves.
 * 3. When the channel ends it is stopped as by SIGTERM, however the parent ended; unless it was
 *    told to stay.
 */

import { readServiceName, readOrder, type Report, type ServiceName } from './order.ts'

const mains: Readonly<Record<ServiceName, () => Promise<unknown>>> = {
  review: () => import('../../services/review/main.ts'),
  inspection: () => import('../../services/inspection/main.ts'),
  inspector: () => import('../../services/inspector/main.ts'),
}

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

const main = mains[readServiceName(process.argv[2])]
await Promise.all([import('../../runtime/serve.ts'), import('../../services/definitions.ts')])
Object.assign(process.env, await serving.promise)
await main()
tell({ is: 'serving' })

function endUnlessToStay(): void {
  if (!isToStay) process.kill(process.pid, 'SIGTERM')
}

function tell(report: Report): void {
  if (process.connected) process.send?.(report)
}
