import { expect, test } from 'vitest'
import { lookPatiently } from './look-patiently.ts'

const failure = new Error('the journal cannot be read')

function failingLook(isKafkaThere: () => boolean) {
  let nowMs = 0
  const look = lookPatiently<string>({
    look: () => Promise.reject(failure),
    isKafkaThere: () => Promise.resolve(isKafkaThere()),
    now: () => nowMs,
  })
  return (atMs: number) => {
    nowMs = atMs
    return look()
  }
}

test('a look that fails ends nothing as long as a broker answers', async () => {
  const lookAt = failingLook(() => true)
  for (const atMs of [0, 60_000, 600_000]) expect(await lookAt(atMs)).toBeUndefined()
})

test('the error is told once no broker has answered for a minute', async () => {
  const lookAt = failingLook(() => false)
  expect(await lookAt(5_000)).toBeUndefined()
  expect(await lookAt(64_999)).toBeUndefined()
  await expect(lookAt(65_000)).rejects.toBe(failure)
})

test('a broker that comes back is given its minute anew', async () => {
  let isThere = false
  const lookAt = failingLook(() => isThere)
  expect(await lookAt(0)).toBeUndefined()
  isThere = true
  expect(await lookAt(59_000)).toBeUndefined()
  isThere = false
  expect(await lookAt(61_000)).toBeUndefined()
})
