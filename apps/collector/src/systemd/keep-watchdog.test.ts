import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keepWatchdog } from './keep-watchdog.ts'
import { listenAsManager } from '../testing/listen-as-manager.ts'

describe('keepWatchdog', () => {
  let folder: string
  let socketPath: string
  let manager: ReturnType<typeof listenAsManager>
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'watchdog-'))
    socketPath = join(folder, 'notify')
    manager = listenAsManager(socketPath)
  })
  afterEach(() => {
    manager.close()
    rmSync(folder, { recursive: true })
  })

  it('tells the socket of the environment twice in each interval', () => {
    const repeat = vi.fn<(work: () => void, milliseconds: number) => void>()
    keepWatchdog({ NOTIFY_SOCKET: socketPath, WATCHDOG_USEC: '200000' }, 7, repeat)
    expect(manager.heard()).toEqual(['WATCHDOG=1'])
    expect(repeat).toHaveBeenCalledExactlyOnceWith(expect.any(Function), 100)
    repeat.mock.calls[0]?.[0]()
    expect(manager.heard()).toEqual(['WATCHDOG=1'])
  })

  it('tells nothing if the watchdog is meant for another process', () => {
    const repeat = vi.fn<(work: () => void, milliseconds: number) => void>()
    keepWatchdog({ NOTIFY_SOCKET: socketPath, WATCHDOG_USEC: '200000', WATCHDOG_PID: '1' }, 7, repeat)
    expect(manager.heard()).toEqual([])
    expect(repeat).not.toHaveBeenCalled()
  })

  it('lets the process end', async () => {
    expect(await runProgram({ NOTIFY_SOCKET: socketPath, WATCHDOG_USEC: '200000' })).toBe(0)
    expect(manager.heard()).toContain('WATCHDOG=1')
  })
})

function runProgram(variables: object): Promise<number | null> {
  const program = `import { keepWatchdog } from ${JSON.stringify(new URL('keep-watchdog.ts', import.meta.url).href)}
keepWatchdog(${JSON.stringify(variables)}, process.pid)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', resolve)
  })
}
