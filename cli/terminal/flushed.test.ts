import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { flushed } from './flushed.ts'

test('what was written before has been taken, however slowly the reader takes it', async () => {
  let taken = ''
  const slow = new Writable({
    write(chunk: Buffer, _encoding, done) {
      setImmediate(() => {
        taken += chunk.toString()
        done()
      })
    },
  })
  for (const part of ['all ', 'of ', 'it']) slow.write(part)
  await flushed(slow)
  expect(taken).toBe('all of it')
})
