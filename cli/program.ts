/** Runs the command that the arguments name, and turns whatever it ends with into an exit code. */

import { Command, CommanderError } from 'commander'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { commands, type Act, type Leaf } from './commands.ts'
import { exitCodeOf, exitCodes, lineOf } from './exit-code.ts'
import { examples, helpAfter, helpSettings } from './help.ts'
import { Interruption, type Invocation } from './invocation.ts'
import type { Terminal } from './terminal/terminal.ts'

/** Runs a command and returns the exit code. */
export async function runProgram(argv: readonly string[], invocation: Invocation): Promise<number> {
  const { terminal, variables } = invocation
  try {
    let exitCode: number = exitCodes.ok
    const program = describeProgram(terminal, async (act, given) => {
      exitCode = await act(invocation, ...given)
    })
    await program.parseAsync(withoutHelp(argv, program), { from: 'user' })
    return exitCode
  } catch (error) {
    terminal.live('')
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage
    if (error instanceof Interruption) return error.exitCode
    terminal.note(`stoa: ${lineOf(error)}`)
    if (variables['STOA_LOG_LEVEL'] === 'debug' && error instanceof Error) {
      terminal.note(error.stack ?? '')
    }
    return exitCodeOf(error)
  }
}

/** `help <command>` is `<command> --help`; with a name that is not there, the mistake of calling it. */
function withoutHelp(argv: readonly string[], program: Command): readonly string[] {
  const [first, ...names] = argv
  if (first !== 'help' || names.length === 0) return argv
  let command = program
  for (const [depth, name] of names.entries()) {
    if (command.commands.length === 0 || name.startsWith('-')) break
    const next = command.commands.find((each) => each.name() === name)
    if (next === undefined) return names.slice(0, depth + 1)
    command = next
  }
  return [...names.slice(0, depthOf(command)), '--help']
}

function depthOf({ parent }: Command): number {
  return parent === null ? 0 : 1 + depthOf(parent)
}

type Perform = (act: Act, given: readonly unknown[]) => Promise<void>

function describeProgram(terminal: Terminal, perform: Perform): Command {
  const program = helpSettings(new Command('stoa'), terminal)
    .version(version(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'print the help of a command')
    .usage('<command> [options]')
    .addHelpText('before', examples.stoa)
    .addHelpText('after', helpAfter)
  for (const command of commands) {
    if ('load' in command) describeLeaf(program, command, terminal, perform)
    else {
      const group = helpSettings(program.command(command.name), terminal)
        .helpCommand(false)
        .summary(command.summary)
        .usage('<command> [options]')
        .addHelpText('before', examples[command.name])
      for (const leaf of command.commands) describeLeaf(group, leaf, terminal, perform)
    }
  }
  return program
}

function describeLeaf(parent: Command, leaf: Leaf, terminal: Terminal, perform: Perform): void {
  const command = helpSettings(parent.command(leaf.name), terminal)
    .summary(leaf.summary)
    .addHelpText('before', examples[leaf.name])
  for (const [term, meaning] of leaf.arguments ?? []) command.argument(term, meaning)
  for (const [flags, meaning, byDefault] of leaf.options ?? []) {
    command.option(flags, meaning, byDefault)
  }
  command.option('-o, --output <format>', 'text or json', 'text')
  command.action(async (...given: readonly unknown[]) => {
    // The last is the command itself.
    await perform(await leaf.load(), given.slice(0, -1))
  })
}

/** Sources find package.json one folder up, and so do their compiled twins. */
function version(): string {
  const text = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown'
}
