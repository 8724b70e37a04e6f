import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import koffi from 'koffi'
import { describe, expect, it } from 'vitest'
import { closeDescriptor, openSocket, receive } from '../io/system-calls.ts'
import { encodeUnixAddress } from './keep-watchdog.ts'

describe('keepWatchdog', () => {
  it('tells the socket of the environment twice in each interval, and lets the process end', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watchdog-'))
    const path = join(folder, 'notify')
    const manager = listen(path)
    expect(await runProgram({ NOTIFY_SOCKET: path, WATCHDOG_USEC: '200000', WATCHDOG_PID: '1' })).toBe(0)
    expect(manager.heard()).toEqual([])
    expect(await runProgram({ NOTIFY_SOCKET: path, WATCHDOG_USEC: '200000' })).toBe(0)
    const words = manager.heard()
    manager.close()
    rmSync(folder, { recursive: true })
    expect(new Set(words)).toEqual(new Set(['WATCHDOG=1']))
    expect(words.length).toBeGreaterThanOrEqual(2)
    expect(words.length).toBeLessThanOrEqual(4)
  })

  it.each([
    { path: '/run/systemd/notify', bytes: Buffer.from('\u0001\0/run/systemd/notify\0') },
    { path: '@abstract', bytes: Buffer.from('\u0001\0\0abstract') },
    { path: 'relative', bytes: null },
    { path: `/${'x'.repeat(107)}`, bytes: null },
  ])('encodes $path', ({ path, bytes }) => expect(encodeUnixAddress(path)).toEqual(bytes))
})

/** What systemd's side does: a unix datagram socket at `path`. */
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
keepWatchdog(${JSON.stringify(variables)}, process.pid)
setTimeout(() => undefined, 350)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', resolve)
  })
}
