/** Which licence a text is, by sentences that stand in that one and in no other. */

interface KnownText {
  readonly id: string
  /** All of these stand in the text … */
  readonly has: readonly string[]
  /** … and none of these. */
  readonly lacks?: readonly string[]
}

const mitGrant =
  'permission is hereby granted free of charge to any person obtaining a copy of this software and associated documentation files the software to deal in the software without restriction'
const mitNotice =
  'the above copyright notice and this permission notice shall be included in all copies or substantial portions of the software'
const iscGrant =
  'permission to use copy modify and or distribute this software for any purpose with or without fee is hereby granted'
const oldIscGrant =
  'permission to use copy modify and distribute this software for any purpose with or without fee is hereby granted'
const iscNotice =
  'provided that the above copyright notice and this permission notice appear in all copies'
const bsdGrant =
  'redistribution and use in source and binary forms with or without modification are permitted provided that the following conditions are met'
const bsdSource = 'redistributions of source code must retain the above copyright notice'
const bsdBinary = 'redistributions in binary form must reproduce the above copyright notice'
const bsdName =
  'to endorse or promote products derived from this software without specific prior written permission'
const bsdAdvertising =
  'all advertising materials mentioning features or use of this software must display the following acknowledgement'

const notMit = ['shall be used for good not evil', 'except as contained in this notice']

/** Phrases are written as `normalise` leaves a text: lower case, words alone. */
const knownTexts: readonly KnownText[] = [
  { id: 'MIT', has: [mitGrant, mitNotice], lacks: notMit },
  { id: 'MIT-0', has: [mitGrant], lacks: [mitNotice, ...notMit] },
  { id: 'X11', has: [mitGrant, mitNotice, 'except as contained in this notice the name'] },
  { id: 'JSON', has: [mitGrant, 'the software shall be used for good not evil'] },
  { id: 'ISC', has: [iscGrant, iscNotice] },
  { id: 'ISC', has: [oldIscGrant, iscNotice] },
  { id: '0BSD', has: [iscGrant], lacks: [iscNotice] },
  { id: 'BSD-2-Clause', has: [bsdGrant, bsdSource, bsdBinary], lacks: [bsdName, bsdAdvertising] },
  { id: 'BSD-3-Clause', has: [bsdGrant, bsdSource, bsdBinary, bsdName], lacks: [bsdAdvertising] },
  { id: 'BSD-4-Clause', has: [bsdGrant, bsdSource, bsdBinary, bsdName, bsdAdvertising] },
  {
    id: 'Apache-2.0',
    has: [
      'apache license version 2 0 january 2004',
      'terms and conditions for use reproduction and distribution',
    ],
  },
  { id: 'Apache-2.0', has: ['licensed under the apache license version 2 0'] },
  { id: 'MPL-2.0', has: ['mozilla public license version 2 0', 'covered software is provided'] },
  { id: 'MPL-2.0', has: ['subject to the terms of the mozilla public license v 2 0'] },
  { id: 'GPL-2.0-only', has: ['gnu general public license version 2 june 1991'] },
  { id: 'GPL-3.0-only', has: ['gnu general public license version 3 29 june 2007'] },
  { id: 'LGPL-2.0-only', has: ['gnu library general public license version 2 june 1991'] },
  { id: 'LGPL-2.1-only', has: ['gnu lesser general public license version 2 1 february 1999'] },
  { id: 'LGPL-3.0-only', has: ['gnu lesser general public license version 3 29 june 2007'] },
  { id: 'AGPL-3.0-only', has: ['gnu affero general public license version 3 19 november 2007'] },
  {
    id: 'Unlicense',
    has: ['this is free and unencumbered software released into the public domain'],
  },
  { id: 'CC0-1.0', has: ['cc0 1 0 universal'] },
  { id: 'CC-BY-4.0', has: ['creative commons attribution 4 0 international'] },
  { id: 'BlueOak-1.0.0', has: ['blue oak model license', 'version 1 0 0'] },
  {
    id: 'Zlib',
    has: [
      'this software is provided as is without any express or implied warranty in no event will the authors be held liable',
      'altered source versions must be plainly marked as such',
    ],
  },
  { id: 'BSL-1.0', has: ['boost software license version 1 0 august 17th 2003'] },
  { id: 'WTFPL', has: ['do what the fuck you want to public license'] },
  { id: 'Artistic-2.0', has: ['the artistic license 2 0'] },
]

/** A condition that is added to a known text makes it another licence. */
const additions = ['commons clause', 'bona fide purposes only', 'for non commercial use only']

const gnuNotice =
  /gnu (general|lesser general|library general|affero general) public license as published by the free software foundation either version (\d)(?: (\d))? of the license or at your option any later version/

/**
 * Names the licence of a text as an SPDX expression; null if it is not one of those known.
 *
 * A text that holds several licences is `A AND B`, the careful reading: it does not say that one
 * may choose. The LGPL 3 comes with the GPL 3 that it amends, which is then not named.
 */
export function recognizeLicense(text: string): string | null {
  const words = normalise(text)
  if (additions.some((addition) => words.includes(addition))) return null
  const ids = new Set(
    knownTexts
      .filter(({ has, lacks = [] }) => has.every(isIn(words)) && !lacks.some(isIn(words)))
      .map(({ id }) => id),
  )
  if (ids.size === 0) return gnuByNotice(words)
  if (ids.has('LGPL-3.0-only')) ids.delete('GPL-3.0-only')
  return [...ids].sort().join(' AND ')
}

function isIn(words: string): (phrase: string) => boolean {
  return (phrase) => words.includes(phrase)
}

/** Most texts differ only in quotes, list signs, line breaks and comment marks. */
function normalise(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}

/** The notice also ends the full texts of these licences, so it counts only without them. */
function gnuByNotice(words: string): string | null {
  const match = gnuNotice.exec(words)
  if (match === null) return null
  const [, name, major, minor = '0'] = match
  const family = { general: 'GPL', 'affero general': 'AGPL' }[name ?? ''] ?? 'LGPL'
  return `${family}-${major ?? ''}.${minor}-or-later`
}
