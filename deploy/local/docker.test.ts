import { expect, test } from 'vitest'

import { dockerAnswers, dockerEndpoint } from './docker.ts'

const nowhere = (): boolean => false

test.each([
  ['unix:///run/other.sock', { socketPath: '/run/other.sock' }],
  ['tcp://10.0.0.1:2376', { hostname: '10.0.0.1', port: 2376 }],
  ['tcp://10.0.0.1', { hostname: '10.0.0.1', port: 2375 }],
  ['ssh://somebody@somewhere', undefined],
  ['not a url', undefined],
])('DOCKER_HOST %s is asked where it says', (host, endpoint) => {
  expect(dockerEndpoint({ DOCKER_HOST: host }, nowhere)).toEqual(endpoint)
})

test('without DOCKER_HOST the usual sockets are looked for, the one of the system first', () => {
  const env = { HOME: '/home/ada' }
  expect(dockerEndpoint(env, () => true)).toEqual({ socketPath: '/var/run/docker.sock' })
  expect(dockerEndpoint(env, (path) => path.startsWith('/home'))).toEqual({
    socketPath: '/home/ada/.docker/run/docker.sock',
  })
  expect(dockerEndpoint(env, nowhere)).toBeUndefined()
})

test('a socket without a daemon does not answer', async () => {
  expect(await dockerAnswers({ DOCKER_HOST: 'unix:///nonexistent/docker.sock' })).toBe(false)
})
