import { describe, expect, test } from 'vitest'

import { choose, givenBackend, type Found } from './choice.ts'

const nothing: Found = {
  docker: false,
  testcontainers: true,
  java: undefined,
  maven: false,
  downloaded: false,
  holder: undefined,
}
const everything: Found = { ...nothing, docker: true, java: 17, maven: true }

describe('the order of choice', () => {
  test('containers come before processes', () => {
    expect(choose(everything)).toEqual(['containers', 'processes'])
  })

  test('without Docker there are processes', () => {
    expect(choose({ ...everything, docker: false })).toEqual(['processes'])
  })

  test('without the package that drives it, Docker counts for nothing', () => {
    expect(choose({ ...everything, testcontainers: false })).toEqual(['processes'])
    expect(() => choose({ ...nothing, docker: true, testcontainers: false })).toThrow(
      'found Docker without the package testcontainers',
    )
  })

  test('what was downloaded once needs no Maven', () => {
    const found = { ...everything, docker: false, maven: false }
    expect(choose({ ...found, downloaded: true })).toEqual(['processes'])
    expect(() => choose(found)).toThrow('Maven')
  })

  test('where there is data of earlier runs, only who wrote it comes', () => {
    expect(choose({ ...everything, holder: 'processes' })).toEqual(['processes'])
    expect(choose({ ...everything, holder: 'containers' })).toEqual(['containers'])
  })

  test('data is never passed over for lack of who wrote it', () => {
    const found = { ...everything, docker: false, holder: 'containers' } as const
    expect(() => choose(found)).toThrow('containers wrote the data of earlier runs')
  })

  test('a Java that is too old counts for nothing', () => {
    expect(choose({ ...everything, java: 11 })).toEqual(['containers'])
  })

  test('where nothing is possible the error names the three ways and what was found', () => {
    const attempt = (): unknown => choose({ ...nothing, java: 11 })
    expect(attempt).toThrow(expect.objectContaining({ code: 'BACKEND_IMPOSSIBLE' }))
    expect(attempt).toThrow(
      /KAFKA_BROKERS.*Docker.*Java 17.*Maven.*found no Docker, Java 11, no Maven/,
    )
  })
})

describe('a backend from the environment', () => {
  test('is used when both addresses are set', () => {
    const env = { KAFKA_BROKERS: ' a:9092,b:9092 ', SCHEMA_REGISTRY_URL: 'http://r' }
    expect(givenBackend(env)).toEqual({ brokers: 'a:9092,b:9092', registryUrl: 'http://r' })
  })

  test('is none when neither is set, or both are empty', () => {
    expect(givenBackend({})).toBeUndefined()
    expect(givenBackend({ KAFKA_BROKERS: '', SCHEMA_REGISTRY_URL: ' ' })).toBeUndefined()
  })

  test.each([
    [{ KAFKA_BROKERS: 'a:9092' }, 'KAFKA_BROKERS is set but SCHEMA_REGISTRY_URL is not'],
    [{ SCHEMA_REGISTRY_URL: 'http://r' }, 'SCHEMA_REGISTRY_URL is set but KAFKA_BROKERS is not'],
  ])('is an error when only one is set: %o', (env, message) => {
    expect(() => givenBackend(env)).toThrow(message)
  })
})
