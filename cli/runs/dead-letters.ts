/** `stoa run dead-letters [definition]`. */

import { z } from 'zod'
import { definitionTopics, type DeadLetter } from '../../schemas/index.ts'
import { connected, type Connection } from '../connection.ts'
import type { Invocation } from '../invocation.ts'
import { count, emit, outputFormat, parsed } from '../options.ts'
import { table } from '../terminal/table.ts'
import { plain } from '../terminal/terminal.ts'
import { moment } from '../terminal/times.ts'
import { deadLettersFrom } from './dead-letters-reader.ts'

const Options = z.object({ limit: count('--limit').optional(), output: outputFormat })

/** Lists the dead letters, of one definition or of all, in order of their time. */
export async function deadLetters(
  invocation: Invocation,
  definition: unknown,
  given: unknown,
): Promise<number> {
  const { limit, output } = parsed(Options, given)
  const name = parsed(z.string().optional(), definition)
  return connected(invocation, async (connection) => {
    const all = await lettersOf(connection, name)
    const shown = (limit === undefined ? all : all.slice(-limit)).map(letterValue)
    const { terminal } = invocation
    emit(terminal, output, { deadLetters: shown }, () => lettersText(shown, terminal.columns))
    return 0
  })
}

/** The letters that come from the topics of a definition, or all; oldest first. */
export async function lettersOf(
  connection: Connection,
  definition: string | undefined,
): Promise<readonly DeadLetter[]> {
  const topics = definition === undefined ? undefined : Object.values(definitionTopics(definition))
  const letters: DeadLetter[] = []
  for await (const letter of deadLettersFrom(connection)) {
    if (topics === undefined || topics.includes(letter.topic)) letters.push(letter)
  }
  return letters.sort((left, right) => left.at - right.at)
}

function letterValue({ topic, partition, offset, at, key, code, cause }: DeadLetter) {
  return {
    at: new Date(at).toISOString(),
    ...{ topic, partition, offset: String(offset) },
    /** Of a message, its run. */
    key: key === null ? null : Buffer.from(key).toString('utf8'),
    ...{ code, cause },
  }
}

function lettersText(
  letters: readonly ReturnType<typeof letterValue>[],
  columns: number | undefined,
): string {
  if (letters.length === 0) return 'no dead letters'
  return table(
    ['TIME', 'ORIGIN', 'KEY', 'CAUSE'],
    letters.map(({ at, topic, partition, offset, key, code, cause }) => [
      moment(Date.parse(at)),
      `${topic}[${partition}]@${offset}`,
      plain(key ?? '-'),
      plain(`${cause} [${code}]`),
    ]),
    columns,
  )
}
