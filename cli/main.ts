#!/usr/bin/env node
/** The `stoa` command: a program that ends with the exit code of what it was asked. */

import module from 'node:module'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`stoa: Node 22.12 or newer is needed, this is ${process.versions.node}\n`)
  process.exit(2)
}

// Before anything else is loaded, and with no effect where NODE_COMPILE_CACHE has done it already.
module.enableCompileCache()

const { invocationOf } = await import('./invocation.ts')
const { runProgram } = await import('./program.ts')
const { flushed } = await import('./terminal/flushed.ts')
const exitCode = await runProgram(process.argv.slice(2), invocationOf(process))
await Promise.all([flushed(process.stdout), flushed(process.stderr)])
process.exit(exitCode)
