/**
 * The fields of a package.json that the lock repeats, in all the shapes that packages have been
 * published with. Whatever a stranger wrote becomes a bounded, plain value, or nothing.
 */

import { clip } from './clip.ts'
import { compareText } from './compare-text.ts'

export interface InstallScripts {
  preinstall?: string
  install?: string
  postinstall?: string
}

const longest = { license: 1000, script: 4000, deprecated: 2000, engine: 200, bin: 100 }
const most = { licenses: 20, engines: 20, bins: 200 }

/** Says whether a parsed JSON value is an object that is not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Reads what a manifest declares as its licence: a string, an old `{ type }` object, or an old
 * `licenses` array, which becomes `(A OR B)`. Null if nothing is declared.
 */
export function declaredLicense(license: unknown, licenses?: unknown): string | null {
  for (const value of [license, licenses]) {
    const names = (Array.isArray(value) ? value.slice(0, most.licenses) : [value])
      .map(licenseName)
      .filter((name) => name !== null)
    const distinct = [...new Set(names)]
    if (distinct.length === 1) return clip(distinct.join(''), longest.license)
    if (distinct.length > 1) return clip(`(${distinct.join(' OR ')})`, longest.license)
  }
  return null
}

/** Reads `engines`, also as the array or the string that old packages have. */
export function declaredEngines(engines: unknown): Record<string, string> | null {
  const pairs = isRecord(engines)
    ? Object.entries(engines)
    : (Array.isArray(engines) ? engines : [engines]).map(enginePair)
  const kept = pairs.flatMap(([name, range]) =>
    name !== '' && typeof range === 'string'
      ? [[clip(name, longest.engine), clip(range, longest.engine)] as const]
      : [],
  )
  return kept.length === 0 ? null : Object.fromEntries(kept.slice(0, most.engines))
}

/** Lists the commands that a package puts on the path, sorted. */
export function binNames(name: string, bin: unknown): string[] {
  if (typeof bin === 'string') return bin === '' ? [] : [name.slice(name.lastIndexOf('/') + 1)]
  if (!isRecord(bin)) return []
  const names = Object.keys(bin).filter((command) => typeof bin[command] === 'string')
  return names
    .slice(0, most.bins)
    .map((command) => clip(command, longest.bin))
    .sort(compareText)
}

/** Picks the scripts that npm runs when it installs a package as a dependency. */
export function installScripts(scripts: unknown): InstallScripts {
  if (!isRecord(scripts)) return {}
  const picked: InstallScripts = {}
  for (const name of ['preinstall', 'install', 'postinstall'] as const) {
    const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined
    if (typeof script === 'string' && script.trim() !== '') {
      picked[name] = clip(script, longest.script)
    }
  }
  return picked
}

/** Reads the message of a deprecated package; null if it is not deprecated. */
export function deprecation(deprecated: unknown): string | null {
  if (deprecated === true) return 'deprecated without a message'
  if (typeof deprecated !== 'string' || deprecated.trim() === '') return null
  return clip(deprecated, longest.deprecated)
}

function licenseName(value: unknown): string | null {
  const name = isRecord(value) ? (value.type ?? value.name) : value
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : null
}

function enginePair(engine: unknown): readonly [string, unknown] {
  if (typeof engine !== 'string') return ['', null]
  const text = clip(engine, longest.engine)
  const match = /^\s*([a-z]+)\s*(.*)$/i.exec(text)
  return match ? [match[1]?.toLowerCase() ?? '', match[2] ?? ''] : ['node', text]
}
