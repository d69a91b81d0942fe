import { expect, test } from 'vitest'

import { parseJavaVersion } from './java.ts'

test.each([
  ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', '17.0.15', 17],
  ['java version "1.8.0_451"\nJava(TM) SE Runtime Environment', '1.8.0_451', 8],
  ['openjdk version "26-ea" 2026-03-17', '26-ea', 26],
  ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "21" 2023-09-19', '21', 21],
  ['IMPLEMENTOR="Debian"\nJAVA_VERSION="17.0.15"\nOS_ARCH="x86_64"', '17.0.15', 17],
])('the version is found in %j', (text, version, major) => {
  expect(parseJavaVersion(text)).toEqual({ version, major })
})

test('a text that names no version has none', () => {
  expect(
    parseJavaVersion('The operation couldn’t be completed. Unable to locate a Java Runtime.'),
  ).toBe(undefined)
})
