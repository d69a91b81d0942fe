import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { recognizeLicense } from './license-text.ts'

const mit = `Copyright (c) 2026 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.`
const isc = `Permission to use, copy, modify, and/or distribute this software for any purpose with or
without fee is hereby granted, provided that the above copyright notice and this permission notice
appear in all copies.`
const bsd2 = `Redistribution and use in source and binary forms, with or without modification, are
permitted provided that the following conditions are met:
  * Redistributions of source code must retain the above copyright notice, this list of conditions.
  * Redistributions in binary form must reproduce the above copyright notice.`
const bsd3 = `${bsd2}
  3. Neither the name of Somebody nor the names of its contributors may be used to endorse or
     promote products derived from this software without specific prior written permission.`
const gpl3 = 'GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n'
const notice = (version: string, name = 'GNU General') =>
  `under the terms of the ${name} Public License as published by the Free Software Foundation; ` +
  `either version ${version} of the License, or (at your option) any later version.`

test.each([
  ['MIT', mit],
  ['MIT', mit.replaceAll('\n', '\r\n').toUpperCase()],
  ['MIT', mit.replace(/^/gm, ' * ').replaceAll('"', '``')],
  ['MIT-0', mit.split('The above')[0] ?? ''],
  ['JSON', `${mit} The Software shall be used for Good, not Evil.`],
  ['X11', `${mit} Except as contained in this notice, the name of Somebody shall not be used.`],
  ['ISC', isc],
  ['ISC', isc.replace('and/or', 'and')],
  ['0BSD', isc.split(', provided')[0] ?? ''],
  ['BSD-2-Clause', bsd2],
  ['BSD-3-Clause', bsd3],
  [
    'Apache-2.0',
    'Apache License\nVersion 2.0, January 2004\nTERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION',
  ],
  ['Apache-2.0', 'Licensed under the Apache License, Version 2.0 (the "License")'],
  ['MPL-2.0', 'subject to the terms of the Mozilla Public License, v. 2.0.'],
  ['GPL-2.0-only', 'GNU GENERAL PUBLIC LICENSE Version 2, June 1991'],
  ['GPL-3.0-only', gpl3 + notice('3')],
  ['LGPL-2.1-only', 'GNU LESSER GENERAL PUBLIC LICENSE Version 2.1, February 1999'],
  ['LGPL-3.0-only', `GNU LESSER GENERAL PUBLIC LICENSE Version 3, 29 June 2007 ${gpl3}`],
  ['AGPL-3.0-only', 'GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 19 November 2007'],
  ['GPL-2.0-or-later', notice('2')],
  ['LGPL-2.1-or-later', notice('2.1', 'GNU Lesser General')],
  ['AGPL-3.0-or-later', notice('3', 'GNU Affero General')],
  ['Unlicense', 'This is free and unencumbered software released into the public domain.'],
  ['CC0-1.0', 'CC0 1.0 Universal'],
  ['BlueOak-1.0.0', '# Blue Oak Model License\n\nVersion 1.0.0'],
  ['ISC AND MIT', `${mit}\n----\n${isc}`],
])('a text of %s is recognized (%#)', (id, text) => expect(recognizeLicense(text)).toBe(id))

test.each([
  ['nothing', ''],
  ['a name alone', 'MIT License'],
  ['other terms', 'You may use this on Tuesdays.'],
  ['a known text with a condition added', `"Commons Clause" License Condition v1.0\n${mit}`],
  ['half a text', bsd2.slice(0, 200)],
])('%s is not a licence that is known', (_, text) => expect(recognizeLicense(text)).toBeNull())

test.each([
  ['typescript', 'LICENSE.txt', 'Apache-2.0'],
  ['zod', 'LICENSE', 'MIT'],
  ['semver', 'LICENSE', 'ISC'],
])('the real text of %s is recognized', async (name, file, id) => {
  const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
  expect(recognizeLicense(await readFile(join(folder, file), 'utf8'))).toBe(id)
})

test('a megabyte of nothing is done with quickly', () => {
  const started = performance.now()
  expect(recognizeLicense('gnu general public '.repeat(50_000))).toBeNull()
  expect(performance.now() - started).toBeLessThan(2000)
})
