/** The policy file of a project: what it says replaces the default, list by list. */

import { join, resolve } from 'node:path'
import { validRange } from 'semver'
import { z } from 'zod'
import { clip } from '../contracts/clip.ts'
import { oneLine } from '../contracts/one-line.ts'
import { Policy } from '../contracts/policy.ts'
import { readProjectFile } from '../contracts/project-file.ts'
import { defaultPolicy } from './default-policy.ts'
import { InputError } from './input-error.ts'

/** The file that is read when no other is named. */
export const policyFile = 'stoa.policy.json'

const maxPolicyBytes = 4 * 1024 * 1024

const PolicyFile = z.strictObject({
  $schema: z.string().optional(),
  ...Policy.partial().shape,
  licenses: Policy.shape.licenses.partial().optional(),
})

/**
 * Reads the policy of a project, or the default if there is no file and none was named.
 *
 * @param named - a path, absolute or from the project's directory on
 * @throws InputError when the named file is missing, or the file is not a policy; the message
 * lists everything that is wrong with it
 */
export async function readPolicy(directory: string, named?: string): Promise<Policy> {
  const path = named === undefined ? join(directory, policyFile) : resolve(directory, named)
  const read = await readProjectFile(path, { maxBytes: maxPolicyBytes, follow: true })
  switch (read.status) {
    case 'read':
      return parsePolicy(path, read.text)
    case 'missing':
      if (named === undefined) return defaultPolicy
      throw new InputError(`there is no policy ${path}: name a file, or none for the default`, {
        code: 'POLICY_NOT_FOUND',
      })
    case 'unreadable':
      throw new InputError(`policy ${path} cannot be read (${read.code}): check its permissions`, {
        code: 'POLICY_UNREADABLE',
      })
    case 'link':
    case 'not-a-file':
    case 'too-large':
      throw new InputError(`policy ${path} is not a regular file of up to 4 MB: replace it`, {
        code: 'POLICY_UNREADABLE',
      })
  }
}

/** Parses a policy file; lists that it leaves out are those of the default policy. */
export function parsePolicy(path: string, text: string): Policy {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    const reason = clip(oneLine(cause instanceof Error ? cause.message : 'not JSON'), 200)
    throw invalid(path, [`not valid JSON (${reason})`], cause)
  }
  const parsed = PolicyFile.safeParse(json)
  if (!parsed.success) throw invalid(path, parsed.error.issues.map(describeIssue), parsed.error)

  const { licenses, severities, registries, ignores } = parsed.data
  const badRanges = (ignores ?? []).flatMap(({ version }, index) =>
    version === undefined || validRange(version) !== null
      ? []
      : [`ignores.${index}.version: ${JSON.stringify(clip(version, 100))} is not a version range`],
  )
  if (badRanges.length > 0) throw invalid(path, badRanges)
  return {
    licenses: { ...defaultPolicy.licenses, ...licenses },
    severities: severities ?? defaultPolicy.severities,
    registries: registries ?? defaultPolicy.registries,
    ignores: ignores ?? defaultPolicy.ignores,
  }
}

function describeIssue({ path, message }: { path: PropertyKey[]; message: string }): string {
  const place = path.map(String).join('.')
  return place === '' ? message : `${place}: ${message}`
}

function invalid(path: string, errors: readonly string[], cause?: unknown): InputError {
  const shown = errors.slice(0, 20).map((error) => clip(error, 300))
  return new InputError(`policy ${path} is not valid: ${shown.join('; ')}`, {
    code: 'POLICY_INVALID',
    cause,
  })
}
