import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findHeldSockets } from '../find-held-sockets.ts'
import { openConversation } from './open-conversation.ts'

const ROOT = `/proc/${process.pid}/root`

let folder: string
let agent: Server
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-agent-'))
  agent = createServer((socket) => {
    socket.on('data', (chunk) => {
      const id = /"id":(\d+)/.exec(chunk.toString('latin1'))?.[1]
      socket.write(id === undefined ? '{"return": "pong"}\n' : Buffer.from(`\xff{"return": ${id}}\n`, 'latin1'))
    })
  })
  await new Promise<void>((resolve) => void agent.listen(join(folder, 'agent'), resolve))
})
afterEach(async () => {
  await new Promise((resolve) => void agent.close(resolve))
  rmSync(folder, { recursive: true })
})

const ask = (path: string) =>
  openConversation(path, AbortSignal.timeout(2000), (conversation) => conversation.execute('guest-ping'))

test('reaches the agent of a VM in a container, however long the path', async () => {
  const long = join(folder, 'x'.repeat(150))
  mkdirSync(long)
  symlinkSync('../agent', join(long, 'link'))
  for (const path of [join(folder, 'agent'), `${ROOT}${join(folder, 'agent')}`, `${ROOT}${join(long, 'link')}`])
    expect(await ask(path)).toBe('pong')
})

test('a missing socket in a container is named', async () => {
  await expect(ask(`${ROOT}${folder}/missing`)).rejects.toThrow("the agent's socket does not exist")
  await expect(ask('/proc/1073741824/root/agent')).rejects.toThrow("the agent's socket does not exist")
})

test('sees the client of an agent in a container', async () => {
  const path = join(folder, 'agent')
  const held = await openConversation(path, AbortSignal.timeout(2000), () => findHeldSockets([ROOT]))
  expect([held.has(path), held.has(`${ROOT}${path}`)]).toEqual([true, true])
})
