/** What a package does to the machine that installs it, and whether it still fits. */

import type { PackageFacts } from '../contracts/package-facts.ts'
import type { Observation } from './observation.ts'

/** Upper case is from before npm refused it, and still installed. */
const validName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~!'()*-]*$/i
const longestName = 214

/** Reports install scripts, native code, deprecation, engines and odd names of a package. */
export function packageObservations(facts: PackageFacts): Observation[] {
  if (facts.link) return []
  const { name } = facts
  const found: Observation[] = []
  if (facts.deprecated !== null) {
    found.push({
      kind: 'deprecated',
      message: `${name} is deprecated by its author`,
      evidence: facts.deprecated,
    })
  }
  if (!facts.enginesOk && !isLeftOut(facts)) {
    found.push({
      kind: 'engines-mismatch',
      message: `${name} does not support Node.js ${facts.node}`,
      evidence: `node ${facts.engines?.node ?? ''}`,
    })
  }
  for (const { detail } of facts.problems.filter(({ code }) => code === 'ENGINES_INVALID')) {
    found.push({
      kind: 'engines-invalid',
      message: `${name} names its Node.js versions by something that is not a range`,
      evidence: detail,
    })
  }
  if (facts.hasInstallScript) {
    found.push({
      kind: 'install-script',
      message: `${name} runs a script when it is installed`,
      evidence: scriptEvidence(facts),
    })
  }
  if (facts.native) {
    found.push({
      kind: 'native-code',
      message: `${name} contains native code`,
      evidence: 'a binding.gyp or a .node file',
    })
  }
  if (name.length > longestName || !validName.test(name)) {
    found.push({
      kind: 'name-invalid',
      message: `${JSON.stringify(name)} is not a name that npm gives to a package`,
      evidence: escapeOdd(name),
    })
  }
  return found
}

/** npm leaves out an optional package that does not fit the machine. */
function isLeftOut({ optional, problems }: PackageFacts): boolean {
  return optional && problems.some(({ code }) => code === 'NOT_INSTALLED')
}

function scriptEvidence({ scripts, native }: PackageFacts): string {
  const lines = Object.entries(scripts).map(([name, script]) => `${name}: ${script}`)
  if (lines.length > 0) return lines.join('\n')
  return native ? 'a binding.gyp, which npm builds by node-gyp' : 'hasInstallScript in the lock'
}

/** A letter that only looks like another shows its number. */
function escapeOdd(name: string): string {
  return name.replace(/[^\x20-\x7e]/gu, (letter) => {
    const code = letter.codePointAt(0) ?? 0
    return `\\u{${code.toString(16)}}`
  })
}
