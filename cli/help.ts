/** The texts of `--help`, examples first, and how a mistake in the arguments is told. */

import type { Command } from 'commander'
import type { Terminal } from './terminal/terminal.ts'

/** What to begin with, by command. */
export const examples = {
  stoa: `Durable multi-agent systems on Kafka.

Examples:
  stoa review .                     review the dependencies of the project in this folder
  stoa up                           keep Kafka and the services, so that reviews take seconds
  stoa run list review              what has been reviewed
  stoa doctor                       what this machine lacks
`,
  review: `Reviews the third-party dependencies of an npm project, from its package-lock.json. A review
that was cut short goes on where it was when it is called again with the --id that it had.

Examples:
  stoa review .
  stoa review ../shop --out build/review --fail-on medium
  stoa review . --policy stoa.policy.json -o json | jq .counts
`,
  up: `Starts Kafka, the schema registry and the services in the background; does nothing where they are
up. With KAFKA_BROKERS and SCHEMA_REGISTRY_URL set, starts the services only. Standard output has
the addresses as lines for a shell; programs of your own need them.

Examples:
  stoa up
  eval "$(stoa up)"
  stoa up -o json
`,
  down: `Stops the services, then Kafka and the registry. What they keep stays, unless --delete-data
tells to delete it: topics, schemas and with them every run on this machine's Kafka. That is refused
while a review or another process uses it.

Examples:
  stoa down
  stoa down --delete-data
`,
  status: `Shows what is up. Exit code 0 when broker, registry and every service are, else 1.

States: up; silent, which runs without an answer, as does a service while its broker is not there;
and down. \`stoa up\` starts what is down, and services find a broker that is back by themselves.

Examples:
  stoa status
  stoa status -o json
`,
  topics: `Plans and creates the topics of definitions: inbox, journal and results of each.

Examples:
  stoa topics plan
  stoa topics apply ./agents.ts --partitions 12
`,
  plan: `Shows which topics there are, and which are missing or differ. Changes nothing.

Examples:
  stoa topics plan
  stoa topics plan ./agents.ts --partitions 12 -o json
`,
  apply: `Creates the missing topics. Never changes or deletes one, and refuses a cluster that can lose
data, unless told that it is for development.

Examples:
  stoa topics apply
  stoa topics apply ./agents.ts --partitions 12
  stoa topics apply --development
`,
  run: `Starts, shows and steers runs, of any definition.

Examples:
  stoa run start approval '{"amount": 12}' --id order-7
  stoa run describe approval order-7
  stoa run signal approval order-7 decision '{"granted": true}'
  stoa run result approval order-7
`,
  start: `Starts a run and prints its id.

Examples:
  stoa run start approval '{"amount": 12}' --id order-7
  stoa run start approval @order.json
  jq .order mail.json | stoa run start approval -
`,
  list: `Lists the runs that the journal of a definition knows, in order of their start.

Examples:
  stoa run list review
  stoa run list review --status parked -o json
`,
  describe: `Shows the state of a run, and what it waits for.

Examples:
  stoa run describe review shop-20261123
`,
  history: `Shows the entries of a run, as they stand in the journal.

Examples:
  stoa run history review shop-20261123
  stoa run history review shop-20261123 --payloads
`,
  result: `Awaits the output of a run and prints it as JSON. Exit code 1 when it failed or was cancelled.

Examples:
  stoa run result review shop-20261123
  stoa run result review shop-20261123 --timeout '30 seconds'
`,
  signal: `Sends a signal to a run; without a payload it carries null. Waits a few seconds for the service
that owns the run and says what became of the signal: it was taken in; or nobody has taken it in yet,
and somebody will; or it was refused, with the cause and exit code 2, and lies in the dead letters.
A signal that the run does not wait for is kept for it.

Examples:
  stoa run signal approval order-7 decision '{"granted": true}'
`,
  cancel: `Asks a run to end; it does when its code lets it.

Examples:
  stoa run cancel approval order-7 'ordered twice'
`,
  resume: `Lets a parked run go on, once its cause is gone.

Examples:
  stoa run resume review shop-20261123
`,
  'dead-letters': `Lists the dead letters: messages that were refused, records that could not be read, each with
where it came from and why. What is listed has had no effect, and stays for 30 days.

Examples:
  stoa run dead-letters
  stoa run dead-letters approval --limit 10 -o json
`,
  doctor: `Checks what a review needs on this machine. Exit code 1 when something is missing.

Examples:
  stoa doctor
`,
} as const

export const helpAfter = `
Kafka is that of KAFKA_BROKERS and SCHEMA_REGISTRY_URL where they are set, else one that is started
here: in containers where Docker answers, else as processes of Java and Maven.

Exit codes: 0 done, 1 failed, 2 usage, 3 not found or unreadable, 5 findings at or above --fail-on,
6 Kafka or the registry cannot be reached; ended from outside: 129 hung up, 130 interrupted,
143 terminated.`

/** Errors are one line on standard error and end with the exit code of usage. */
export function helpSettings(command: Command, terminal: Terminal): Command {
  return command
    .exitOverride()
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError(true)
    .configureHelp({ subcommandTerm: (each) => `${each.name()} ${argumentsOf(each)}`.trimEnd() })
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: (text, write) => write(mistakeLine(text, command)),
    })
}

/** One line of commander's two: what is wrong, what was meant, where to look. */
function mistakeLine(text: string, command: Command): string {
  const [what = '', hint] = text.trim().split('\n')
  const meant = /Did you mean (.+?)\?\)?$/.exec(hint ?? '')?.[1]
  const help = `${pathOf(command)} --help`
  const wrong = what.replace(/^error: /, '').replace(/\.$/, '')
  const line = meant === undefined ? `${wrong} (see ${help})` : `${wrong}: did you mean ${meant}?`
  return `stoa: ${line} [USAGE]`
}

function argumentsOf(command: Command): string {
  return command.registeredArguments
    .map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`))
    .join(' ')
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}
