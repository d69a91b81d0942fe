/**
 * The two files of a review. Written beside their place and renamed into it, so that a reader
 * never sees half a report, and writing it again after a crash does no harm.
 */

import { mkdir, open, rename, rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { join, resolve } from 'node:path'
import type { Report } from '../contracts/report.ts'
import { renderMarkdown } from './report-markdown.ts'

export interface WrittenReport {
  readonly json: string
  readonly markdown: string
}

/**
 * Writes report.json and report.md to a directory, which is made if need be.
 *
 * @returns the absolute paths of the two
 */
export async function writeReport(report: Report, directory: string): Promise<WrittenReport> {
  const out = resolve(directory)
  await mkdir(out, { recursive: true })
  const written = { json: join(out, 'report.json'), markdown: join(out, 'report.md') }
  await replaceFile(written.markdown, renderMarkdown(report))
  await replaceFile(written.json, serializeReport(report))
  return written
}

/** The bytes of report.json. */
export function serializeReport(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    const handle = await open(temporary, 'wx')
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true })
    throw cause
  }
}
