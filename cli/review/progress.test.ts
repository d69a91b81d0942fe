import { expect, test } from 'vitest'
import { terminalOn } from '../terminal/terminal.ts'
import { Progress } from './progress.ts'

function plainProgress() {
  const lines: string[] = []
  const stream = { write: (text: string) => lines.push(text) }
  return { lines, progress: new Progress(terminalOn(stream, stream, {})) }
}

test('where nobody sees a live line, each stage is a line of its own', () => {
  const { lines, progress } = plainProgress()
  progress.stage('creating topics')
  progress.stage('creating topics')
  progress.inspecting(8)
  progress.close()
  expect(lines).toEqual(['creating topics\n', 'inspecting 8 packages\n'])
})

test('packages are told of in quarters, and a result that comes again counts once', () => {
  const { lines, progress } = plainProgress()
  progress.inspecting(8)
  for (const id of ['1', '1', '2', '3', '4', '5', '6', '7', '8']) progress.inspected(id)
  expect(progress.count).toBe(8)
  expect(lines.slice(1)).toEqual([2, 4, 6, 8].map((count) => `inspected ${count} of 8 packages\n`))
})
