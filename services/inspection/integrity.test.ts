import { expect, test } from 'vitest'
import { sha1, sha512 } from '../../test/fixtures/review.ts'
import { readIntegrity } from './integrity.ts'

test.each([
  [sha512, 'sha512'],
  [sha1, 'sha1'],
  [`${sha1} ${sha512}`, 'sha512'],
  [` ${sha512}?opt=1 `, 'sha512'],
  [`whirlpool-AAAA ${sha1}`, 'sha1'],
])('npm checks %s by %s', (integrity, algorithm) => {
  expect(readIntegrity(integrity)).toEqual({ algorithm, problems: [] })
})

test('no integrity is no problem of its reading', () => {
  expect(readIntegrity(null)).toEqual({ algorithm: null, problems: [] })
})

test.each(['', 'sha512', 'sha512-', 'sha512-AAAA', `sha512-${'!'.repeat(88)}`, 'whirlpool-AAAA'])(
  '%j cannot be checked',
  (integrity) => {
    expect(readIntegrity(integrity)).toEqual({
      algorithm: null,
      problems: [{ code: 'INTEGRITY_INVALID', detail: integrity }],
    })
  },
)
