/**
 * The folder of a package on disk, if it is one that may be read. The lock was written by
 * strangers: a path in it, or a link on disk, must not lead a reader out of the project.
 */

import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep, win32 } from 'node:path'
import type { Problem } from '../contracts/problem.ts'
import { lastingCode } from '../contracts/project-file.ts'

export type Location =
  | { readonly status: 'found'; readonly folder: string }
  | { readonly status: 'refused'; readonly problem: Problem }

/** Finds the folder of a package by its path in the lock. */
export async function locatePackage(directory: string, path: string): Promise<Location> {
  if (isUnsafe(path)) {
    return refused('PATH_UNSAFE', `${JSON.stringify(path)} leads out of the project`)
  }
  try {
    const folder = await realpath(join(directory, path))
    if (!(await isWithinProject(directory, folder))) {
      return refused('PATH_UNSAFE', 'a symbolic link leads out of the project')
    }
    if (!(await stat(folder)).isDirectory()) return refused('UNREADABLE', 'not a directory')
    return { status: 'found', folder }
  } catch (error) {
    const code = lastingCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return refused('NOT_INSTALLED', path)
    if (code === 'ELOOP') return refused('SYMLINK', 'its path is a loop of symbolic links')
    return refused('UNREADABLE', code)
  }
}

function isUnsafe(path: string): boolean {
  return (
    path.includes('\0') ||
    isAbsolute(path) ||
    win32.isAbsolute(path) ||
    path.split(/[\\/]/).includes('..')
  )
}

/** node_modules itself may be a link to another disk; what is in it belongs to the project. */
async function isWithinProject(directory: string, folder: string): Promise<boolean> {
  const project = await realpath(directory)
  if (isWithin(project, folder)) return true
  const modules = await realpath(join(project, 'node_modules'))
  return isWithin(modules, folder)
}

function isWithin(outer: string, inner: string): boolean {
  const path = relative(outer, inner)
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path)
}

function refused(code: Problem['code'], detail: string): Location {
  return { status: 'refused', problem: { code, detail } }
}
