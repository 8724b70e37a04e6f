import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import koffi from 'koffi'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { closeDescriptor, openSocket, receive } from '../io/system-calls.ts'
import { encodeUnixAddress, keepWatchdog } from './keep-watchdog.ts'

describe('keepWatchdog', () => {
  let folder: string
  let socketPath: string
  let manager: ReturnType<typeof listen>
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'watchdog-'))
    socketPath = join(folder, 'notify')
    manager = listen(socketPath)
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

  it.each([
    { path: '/run/systemd/notify', bytes: Buffer.from('\u0001\0/run/systemd/notify\0') },
    { path: '@abstract', bytes: Buffer.from('\u0001\0\0abstract') },
    { path: 'relative', bytes: null },
    { path: `/${'x'.repeat(107)}`, bytes: null },
  ])('encodes $path', ({ path, bytes }) => expect(encodeUnixAddress(path)).toEqual(bytes))
})

/** The side of systemd: a unix datagram socket at `path`. */
function listen(path: string): { heard: () => string[]; close: () => void } {
  const socket = openSocket(1, 2, 0)
  const address = encodeUnixAddress(path) ?? Buffer.alloc(0)
  expect(koffi.load(null).func('int bind(int, const void *, uint32_t)')(socket, address, address.length)).toBe(0)
  const buffer = Buffer.alloc(100)
  const next = (): string[] => {
    try {
      return [buffer.toString('utf8', 0, receive(socket, buffer, 0x40)), ...next()]
    } catch {
      return []
    }
  }
  return { heard: next, close: () => closeDescriptor(socket) }
}

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
