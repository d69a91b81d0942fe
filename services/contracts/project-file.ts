/**
 * How the services read a file of a project under review. Its files were written by strangers, so
 * a read is bounded in size, never waits on a pipe or a device, and follows a link only if told to.
 */

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

export type ProjectFile =
  | { readonly status: 'read'; readonly text: string }
  | { readonly status: 'missing' | 'not-a-file' | 'too-large' | 'link' }
  | { readonly status: 'unreadable'; readonly code: string }

export interface ReadOptions {
  readonly maxBytes: number
  /** Whether the last part of the path may be a symbolic link. */
  readonly follow?: boolean
}

/**
 * What a file says about itself. Anything else (EMFILE, EIO, …) is about this machine now: it is
 * thrown, for the caller to try again.
 */
const lasting = new Set(
  'ENOENT ENOTDIR ELOOP EACCES EPERM ENAMETOOLONG EISDIR ENXIO ENODEV ERR_INVALID_ARG_VALUE'.split(
    ' ',
  ),
)

/**
 * Reads a text file; a byte order mark is dropped.
 *
 * @throws the file system's error when it concerns the machine rather than the file
 */
export async function readProjectFile(path: string, options: ReadOptions): Promise<ProjectFile> {
  const { maxBytes, follow = false } = options
  let handle: FileHandle
  try {
    // NONBLOCK: opening a named pipe must not wait for its other end.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW)
    handle = await open(path, flags)
  } catch (error) {
    return refusal(error)
  }
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) return { status: 'not-a-file' }
    if (stats.size > maxBytes) return { status: 'too-large' }
    const bytes = await readAll(handle, stats.size, maxBytes)
    return bytes === null
      ? { status: 'too-large' }
      : { status: 'read', text: new TextDecoder().decode(bytes) }
  } finally {
    await handle.close()
  }
}

/** The code of a file system error that will be the same next time; rethrows any other. */
export function lastingCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    if (lasting.has(error.code)) return error.code
  }
  throw error
}

function refusal(error: unknown): ProjectFile {
  const code = lastingCode(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return { status: 'missing' }
  if (code === 'ELOOP') return { status: 'link' }
  return { status: 'unreadable', code }
}

/** The size is only what the file says: one that grows, or lies, is cut off at the bound. */
async function readAll(handle: FileHandle, size: number, maxBytes: number) {
  const buffer = Buffer.allocUnsafe(Math.min(size, maxBytes) + 1)
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null)
    if (bytesRead === 0) return buffer.subarray(0, length)
    length += bytesRead
  }
  return null
}
