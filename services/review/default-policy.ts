/**
 * The policy of a project that has none: for software that is distributed under a permissive
 * licence, or under none at all.
 */

import type { Policy } from '../contracts/policy.ts'

/**
 * Permissive licences are allowed, strong copyleft and licences that restrict use are denied, and
 * all others, weak copyleft among them, are for a person to decide.
 */
export const defaultPolicy: Policy = {
  licenses: {
    allowed: [
      '0BSD',
      'AFL-2.1',
      'AFL-3.0',
      'Apache-2.0',
      'Artistic-2.0',
      'BlueOak-1.0.0',
      'BSD-2-Clause',
      'BSD-2-Clause-Patent',
      'BSD-3-Clause',
      'BSD-3-Clause-Clear',
      'BSL-1.0',
      'CC-BY-3.0',
      'CC-BY-4.0',
      'CC0-1.0',
      'ISC',
      'MIT',
      'MIT-0',
      'MS-PL',
      'NCSA',
      'OFL-1.1',
      'PostgreSQL',
      'Python-2.0',
      'Unicode-3.0',
      'Unicode-DFS-2016',
      'Unlicense',
      'UPL-1.0',
      'W3C',
      'W3C-20150513',
      'WTFPL',
      'X11',
      'Zlib',
    ],
    denied: [
      'AGPL-*',
      'BUSL-*',
      'CC-BY-NC-*',
      'CC-BY-ND-*',
      'Elastic-2.0',
      'GPL-*',
      'PolyForm-*',
      'SSPL-*',
      'UNLICENSED',
    ],
    review: ['CC-BY-SA-*', 'CDDL-*', 'EPL-*', 'EUPL-*', 'LGPL-*', 'MPL-*', 'OSL-*'],
  },
  severities: {},
  registries: ['registry.npmjs.org', 'registry.yarnpkg.com'],
  ignores: [],
}
