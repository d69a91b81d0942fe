/** What the command line and a service's host say to each other, and which services there are. */

import { z } from 'zod'

/** Every service of the review. */
export const serviceNames = ['review', 'inspection', 'inspector'] as const

const separator = '+'

const ServiceName = z.enum(serviceNames)
export type ServiceName = z.infer<typeof ServiceName>

const Order = z.discriminatedUnion('do', [
  /** Serve, with these variables added to the environment. */
  z.object({ do: z.literal('serve'), environment: z.record(z.string(), z.string()) }),
  /** Outlive the parent. */
  z.object({ do: z.literal('stay') }),
])
export type Order = z.infer<typeof Order>

const Report = z.object({ is: z.literal('serving') })
export type Report = z.infer<typeof Report>

export function readOrder(message: unknown): Order {
  return Order.parse(message)
}

/** The services that a process is to serve, as its command line names them. */
export function readServiceNames(names: unknown): readonly ServiceName[] {
  return z.array(ServiceName).parse(String(names).split(separator))
}

/** The name of a process by its services. */
export function processName(names: readonly ServiceName[]): string {
  return names.join(separator)
}

export function isReport(message: unknown): message is Report {
  return Report.safeParse(message).success
}
