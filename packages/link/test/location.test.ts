import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hostSocketPath, locateHost } from '../src/index.ts'

describe('locateHost', () => {
  it('takes flags before the environment, the environment before the defaults', () => {
    const environment = { LIMPET_STATE_DIR: '/env/state', XDG_RUNTIME_DIR: '/run/user/7' }
    expect(locateHost({ stateDirectory: '/flag', environment })).toEqual({
      stateDirectory: '/flag',
      runtimeDirectory: '/run/user/7/limpet',
    })
    expect(locateHost({ environment }).stateDirectory).toBe('/env/state')
    expect(locateHost({ environment: {} }).stateDirectory).toBe(
      join(homedir(), '.local', 'state', 'limpet'),
    )
  })

  it('gives state directories that share a runtime directory sockets of their own', () => {
    const runtimeDirectory = '/run/limpet'
    const one = hostSocketPath({ stateDirectory: '/a', runtimeDirectory })
    expect(one).not.toBe(hostSocketPath({ stateDirectory: '/b', runtimeDirectory }))
    expect(one).toBe(hostSocketPath({ stateDirectory: '/a', runtimeDirectory }))
  })

  it('refuses a runtime directory whose socket path the system would not take', () => {
    const runtimeDirectory = `/${'long/'.repeat(30)}`
    expect(() => hostSocketPath({ stateDirectory: '/a', runtimeDirectory })).toThrow(
      expect.objectContaining({ code: 'DIRECTORY_UNSAFE' }),
    )
  })
})
