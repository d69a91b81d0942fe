/** The commands: their words, and what each loads when it is called, and not before. */

import type { examples } from './help.ts'
import type { Invocation } from './invocation.ts'

/** A command, called with its arguments and, last, its options; returns the exit code. */
export type Act = (invocation: Invocation, ...given: readonly unknown[]) => Promise<number>

type Name = keyof typeof examples

export interface Leaf {
  readonly name: Name
  readonly summary: string
  readonly arguments?: readonly (readonly [term: string, meaning?: string])[]
  readonly options?: readonly (readonly [flags: string, meaning: string, byDefault?: string])[]
  readonly load: () => Promise<Act>
}

export interface Group {
  readonly name: Name
  readonly summary: string
  readonly commands: readonly Leaf[]
}

const definition = ['<definition>', 'its name'] as const
const id = ['<id>', 'of the run'] as const
const payload = 'JSON, @file, or - for standard input'
const newId = ['--id <run>', 'the id of the run; the same id is never run twice'] as const
const key = ['--key <key>', 'the key that places the run, if it was started with one'] as const

const topicsOptions = [
  ['--partitions <count>', 'of each topic (default: as it is, or 4)'],
  ['--replication <factor>', 'of each topic (default: 3, in development 1)'],
  ['--development', 'accept a cluster that can lose data'],
] as const
const topicsArguments = [
  ['[module]', 'a module that exports definitions (default: those of the review)'],
] as const

const topics: Group = {
  name: 'topics',
  summary: 'plan and create the topics of definitions',
  commands: [
    {
      name: 'plan',
      summary: 'show which topics there are, and which are missing or differ',
      arguments: topicsArguments,
      options: topicsOptions,
      load: async () => (await import('./topics/topics.ts')).plan,
    },
    {
      name: 'apply',
      summary: 'create the missing topics; nothing is ever changed or deleted',
      arguments: topicsArguments,
      options: topicsOptions,
      load: async () => (await import('./topics/topics.ts')).apply,
    },
  ],
}

const run: Group = {
  name: 'run',
  summary: 'start, look at and steer runs',
  commands: [
    {
      name: 'start',
      summary: 'start a run and print its id',
      arguments: [definition, ['[input]', payload]],
      options: [newId, ['--key <key>', 'place the run by this key instead of its id']],
      load: async () => (await import('./runs/start.ts')).start,
    },
    {
      name: 'list',
      summary: 'list the runs that the journal knows',
      arguments: [definition],
      options: [
        ['--status <status>', 'only running, parked, completed, failed or cancelled ones'],
        ['--limit <count>', 'only the latest'],
      ],
      load: async () => (await import('./runs/list.ts')).list,
    },
    {
      name: 'describe',
      summary: 'show the state of a run and what it waits for',
      arguments: [definition, id],
      load: async () => (await import('./runs/describe.ts')).describe,
    },
    {
      name: 'history',
      summary: 'show the entries of a run',
      arguments: [definition, id],
      options: [['--payloads', 'with inputs, outputs and signals']],
      load: async () => (await import('./runs/history.ts')).history,
    },
    {
      name: 'result',
      summary: 'await the output of a run and print it',
      arguments: [definition, id],
      options: [
        ['--timeout <duration>', "such as '30 seconds' (default: as long as it takes)"],
        key,
      ],
      load: async () => (await import('./runs/result.ts')).result,
    },
    {
      name: 'signal',
      summary: 'send a signal to a run and say what became of it',
      arguments: [definition, id, ['<name>', 'of the signal'], ['[payload]', payload]],
      options: [key],
      load: async () => (await import('./runs/steer.ts')).signal,
    },
    {
      name: 'cancel',
      summary: 'ask a run to end',
      arguments: [definition, id, ['[reason]', 'kept with the run']],
      options: [key],
      load: async () => (await import('./runs/steer.ts')).cancel,
    },
    {
      name: 'resume',
      summary: 'let a parked run go on',
      arguments: [definition, id],
      options: [key],
      load: async () => (await import('./runs/steer.ts')).resume,
    },
    {
      name: 'dead-letters',
      summary: 'list the records that could not be processed',
      arguments: [['[definition]', 'whose topics they come from (default: all)']],
      options: [['--limit <count>', 'only the latest']],
      load: async () => (await import('./runs/dead-letters.ts')).deadLetters,
    },
  ],
}

export const commands: readonly (Leaf | Group)[] = [
  {
    name: 'review',
    summary: 'review the third-party dependencies of an npm project',
    arguments: [['<directory>', 'the folder with package-lock.json']],
    options: [
      ['--out <dir>', 'where report.json and report.md go (default: the current directory)'],
      ['--policy <file>', 'the policy (default: stoa.policy.json of the project, if any)'],
      ['--node <major>', 'the version of Node.js that the project runs on', '24'],
      ['--fail-on <severity>', 'info, low, medium, high or critical', 'high'],
      newId,
      ['--no-serve', 'leave the work to services that run elsewhere'],
    ],
    load: async () => (await import('./review/review.ts')).review,
  },
  {
    name: 'up',
    summary: 'start Kafka, the registry and the services, and keep them',
    load: async () => (await import('./hosting/up.ts')).up,
  },
  {
    name: 'down',
    summary: 'stop what `stoa up` started',
    options: [['--delete-data', 'delete what the local Kafka and registry keep, with every run']],
    load: async () => (await import('./hosting/down.ts')).down,
  },
  {
    name: 'status',
    summary: 'show what is up; exit code 1 unless all is',
    load: async () => (await import('./hosting/status.ts')).status,
  },
  topics,
  run,
  {
    name: 'doctor',
    summary: 'check this machine and say what to do',
    load: async () => (await import('./doctor/doctor.ts')).doctor,
  },
]
