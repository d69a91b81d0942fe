import { expect, test } from 'vitest'
import { factsOf, findingOf, reportMeta } from '../../test/fixtures/review.ts'
import type { Finding } from '../contracts/finding.ts'
import { renderMarkdown } from './report-markdown.ts'
import { assembleReport } from './report.ts'

function render(findings: Finding[], name = 'project'): string {
  const project = { name, version: '1.0.0' }
  return renderMarkdown(
    assembleReport({ project, facts: [factsOf()], findings, ignored: 0, meta: reportMeta }),
  )
}

test('a clean review says so', () => {
  expect(render([])).toBe(`# Review of project 1.0.0

**pass**: no finding is medium or above.

| Packages | Critical | High | Medium | Low | Info | Ignored |
|---:|---:|---:|---:|---:|---:|---:|
| 1 | 0 | 0 | 0 | 0 | 0 | 0 |

## What to act on

Nothing.

## Where to look

Nowhere in particular.

Reviewed for Node.js 24. Every package and finding, with ids and evidence in full, is in report.json.
`)
})

test("the project's own folders are told from third parties", () => {
  const facts = [
    factsOf(),
    factsOf({ name: 'own', link: true, resolved: 'packages/own' }),
    factsOf({ name: 'far', link: true, resolved: '../far' }),
    factsOf({ name: 'own', path: 'packages/own' }),
    factsOf({ path: 'packages/own/node_modules/left' }),
  ]
  const project = { name: 'project', version: '1.0.0' }
  const parts = { project, facts, findings: [], ignored: 0, meta: reportMeta }
  expect(renderMarkdown(assembleReport(parts))).toContain(`
| 5 | 0 | 0 | 0 | 0 | 0 | 0 |

Third-party packages: 3. The other entries are`)
})

test('a finding is a row, and its kind comes with advice', () => {
  const markdown = render([findingOf({ severity: 'high' })])
  expect(markdown).toContain('**fail**: 1 finding is high or above.')
  expect(markdown).toContain(
    '| high | install-script | `left 1.0.0` | `node_modules/left` | left runs a script when it is installed | `install: make` |',
  )
  expect(markdown).toContain(
    '- install-script (1, high): read the script, or install with --ignore-scripts',
  )
})

test('what is only worth knowing is not among what to act on', () => {
  const markdown = render([findingOf({ severity: 'info' })])
  expect(markdown).toContain('Nothing.')
  expect(markdown).toContain('- install-script (1, info)')
})

test('text of strangers cannot end a cell, begin markup or move the cursor', () => {
  const hostile = findingOf({
    package: 'a|b`c``d',
    path: 'x\\|y\r\n| z |',
    message: 'see <img src=x> [here](http://x) *now* `| \u001b[31m\u202e',
    evidence: '```\n| # heading',
  })
  const row = render([hostile])
    .split('\n')
    .find((line) => line.includes('install-script |'))
  expect(row).toBe(
    '| medium | install-script | ``` a\\|b`c``d 1.0.0 ``` | `x\\¦y \\| z \\|` | see \\<img src=x\\> \\[here\\](http://x) \\*now\\* \\`\\| �\\[31m� | ```` ``` \\| # heading ```` |',
  )
})

test('a long list ends with where the rest is', () => {
  const findings = Array.from({ length: 250 }, (_, at) => findingOf({ path: `p${at}` }))
  const markdown = render(findings)
  expect(markdown.split('\n').filter((line) => line.startsWith('| medium'))).toHaveLength(200)
  expect(markdown).toContain('And 50 more in report.json.')
})

test('the title is one line whatever the project is called', () => {
  expect(render([], 'a\n# b').split('\n')[0]).toBe('# Review of a \\# b 1.0.0')
})
