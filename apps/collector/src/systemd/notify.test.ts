import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listenAsManager } from '../testing/listen-as-manager.ts'
import { encodeUnixAddress, openNotify } from './notify.ts'
import { tellManager } from './tell-manager.ts'

test('tells the manager in the words of sd_notify, a datagram each time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'notify-'))
  const { heard, close } = listenAsManager(join(folder, 'socket'))
  const manager = tellManager(openNotify(join(folder, 'socket')), () => 123n)
  manager.ready()
  manager.reloading()
  manager.status('Read 1 tap.\nREADY=1')
  manager.stopping()
  expect(heard()).toEqual(['READY=1', 'RELOADING=1\nMONOTONIC_USEC=123', 'STATUS=Read 1 tap. READY=1', 'STOPPING=1'])
  close()
  rmSync(folder, { recursive: true })
})

test.each([undefined, 'relative', '/nobody/listens/here'])('tells nobody at %s', (socket) => {
  expect(openNotify(socket)('READY=1')).toBeUndefined()
})

test.each([
  { path: '/run/systemd/notify', bytes: Buffer.from('\u0001\0/run/systemd/notify\0') },
  { path: '@abstract', bytes: Buffer.from('\u0001\0\0abstract') },
  { path: 'relative', bytes: null },
  { path: `/${'x'.repeat(107)}`, bytes: null },
])('encodes $path', ({ path, bytes }) => expect(encodeUnixAddress(path)).toEqual(bytes))
