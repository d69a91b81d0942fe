/** What a review was asked for, checked before anything is started for it. */

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import type { DependencyTree } from '../../services/contracts/dependency-tree.ts'
import { ReviewRequest } from '../../services/contracts/review-request.ts'
import { severities } from '../../services/contracts/severity.ts'
import { readLockfile } from '../../services/review/read-lockfile.ts'
import { readPolicy } from '../../services/review/read-policy.ts'
import { CommandError } from '../exit-code.ts'
import { outputFormat, parsed } from '../options.ts'

export const Options = z.object({
  out: z.string().default('.'),
  policy: z.string().optional(),
  node: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, '--node is the major version of Node.js, such as 24')
    .transform(Number),
  failOn: z.enum(severities, {
    error: (issue) => `--fail-on is one of ${severities.join(', ')}, not '${String(issue.input)}'`,
  }),
  id: z.string().min(1, '--id is empty').max(200, '--id is longer than 200').optional(),
  serve: z.boolean(),
  output: outputFormat,
})
export type Options = z.infer<typeof Options>

/** The request as a definition takes it, with absolute paths. @throws CommandError USAGE */
export function requestOf(directory: unknown, options: Options, cwd: string): ReviewRequest {
  return parsed(ReviewRequest, {
    directory: resolve(cwd, parsed(z.string().min(1, 'the directory is empty'), directory)),
    out: resolve(cwd, options.out),
    ...(options.policy !== undefined && { policy: resolve(cwd, options.policy) }),
    node: options.node,
    failOn: options.failOn,
  })
}

/**
 * Reads what the review will read, and sees that it can write.
 * @throws InputError when the review could only fail, CommandError OUT_UNWRITABLE
 */
export async function checkRequest(request: ReviewRequest): Promise<DependencyTree> {
  const [tree] = await Promise.all([
    readLockfile(request.directory, { node: request.node }),
    readPolicy(request.directory, request.policy),
  ])
  const out = request.out ?? request.directory
  try {
    await makeFolder(out)
    // Permissions alone do not tell: nobody may write to some folders of the system.
    await rm(await mkdtemp(join(out, '.stoa-')), { recursive: true })
  } catch (cause) {
    const reason =
      cause instanceof Error && 'code' in cause ? String(cause.code) : 'it is not there'
    throw new CommandError(`the report cannot be written to ${out} (${reason}): give --out`, {
      code: 'OUT_UNWRITABLE',
      cause,
    })
  }
  return tree
}

/** Node's own recursive mkdir tries for ever where a folder that is there, such as /proc, takes none. */
async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return
  if (dirname(path) !== path) await makeFolder(dirname(path))
  try {
    await mkdir(path)
  } catch (cause) {
    // Another review may have been quicker.
    if (!existsSync(path)) throw cause
  }
}

/** An id that says what was reviewed and when. */
export function newRunId(project: string, now: Date): string {
  const name = project.replace(/[^a-zA-Z0-9.-]+/g, '-').replace(/^-+|-+$/g, '')
  const time = now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
  return `${name.slice(0, 60) || 'project'}-${time}-${randomBytes(2).toString('hex')}`
}
