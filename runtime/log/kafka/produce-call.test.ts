import { expect, test } from 'vitest'
import { ReadyCall } from './bytes.ts'
import { produceCall } from './produce-call.ts'

const batches = [
  { topic: 'a', partition: 2, batch: Buffer.from('first') },
  { topic: 'a', partition: 0, batch: Buffer.from('other') },
]

test('a request has its length, its header and the batches by topic', () => {
  const call = produceCall(batches, 5_000)
  if (!(call instanceof ReadyCall)) throw new Error('it is written by ourselves')
  const hex = call.bytes(7, 'me').toString('hex')
  const header = ['00000039', '0000', '0007', '00000007', '00026d65']
  const fields = ['ffff', 'ffff', '00001388', '00000001', '000161', '00000002']
  const first = ['00000002', '00000005', Buffer.from('first').toString('hex')]
  const other = ['00000000', '00000005', Buffer.from('other').toString('hex')]
  expect(hex).toBe([...header, ...fields, ...first, ...other].join(''))
})

test('the response names offset or error of each partition', async () => {
  const call = produceCall(batches, 5_000)
  const partition = (index: number, error: number, offset: number) => [
    ...[index.toString(16).padStart(8, '0'), error.toString(16).padStart(4, '0')],
    ...[offset.toString(16).padStart(16, '0'), 'ff'.repeat(8), '00'.repeat(8)],
  ]
  const hex = ['00000001', '000161', '00000002', ...partition(2, 0, 300), ...partition(0, 6, 0)]
  const response = Buffer.from(hex.join(''), 'hex')
  expect(await call.response.decode(response)).toEqual([
    { topic: 'a', partition: 2, errorCode: 0, baseOffset: 300n },
    { topic: 'a', partition: 0, errorCode: 6, baseOffset: 0n },
  ])
})
