#!/usr/bin/env node
/** The `stoa` command: a program that ends with the exit code of what it was asked. */

import { enableCompileCache } from 'node:module'

// Before anything else is loaded, and with no effect where NODE_COMPILE_CACHE has done it already.
enableCompileCache()

const { invocationOf } = await import('./invocation.ts')
const { runProgram } = await import('./program.ts')
const { flushed } = await import('./terminal/flushed.ts')
const exitCode = await runProgram(process.argv.slice(2), invocationOf(process))
await Promise.all([flushed(process.stdout), flushed(process.stderr)])
process.exit(exitCode)
