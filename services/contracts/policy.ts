/**
 * What a project accepts: licences, registries, how severe each kind of finding is, and what is
 * known and ignored for a while.
 */

import { z } from 'zod'
import { FindingKind } from './finding-kinds.ts'
import { Severity } from './severity.ts'

/** An SPDX id, one WITH an exception, or a family such as `GPL-*`. */
const LicensePattern = z.string().min(1).max(200)

/** As it stands in a URL, which writes hosts in lower case. */
const RegistryHost = z
  .string()
  .regex(/^[^\s/@]+$/, 'the host alone, such as npm.example.com')
  .toLowerCase()

export const Ignore = z
  .strictObject({
    id: z.string().optional(),
    kind: FindingKind.optional(),
    package: z.string().optional(),
    version: z.string().optional(),
    path: z.string().optional(),
    reason: z.string().trim().min(1, 'say why it is ignored'),
    expires: z.iso.date('a date such as 2027-01-31'),
  })
  .refine((ignore) => ignore.id ?? ignore.kind ?? ignore.package ?? ignore.path, {
    message: 'an ignore names an id, a kind, a package or a path',
  })
export type Ignore = z.infer<typeof Ignore>

export const Policy = z.strictObject({
  licenses: z.strictObject({
    allowed: z.array(LicensePattern),
    denied: z.array(LicensePattern),
    review: z.array(LicensePattern),
  }),
  severities: z.partialRecord(FindingKind, Severity),
  registries: z.array(RegistryHost),
  ignores: z.array(Ignore),
})
export type Policy = z.infer<typeof Policy>
