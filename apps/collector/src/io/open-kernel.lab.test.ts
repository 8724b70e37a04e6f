import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { openKernel } from './open-kernel.ts'

/** A process with a socket in its own network namespace. */
async function startOther() {
  const program = "const socket = require('dgram').createSocket('udp6').bind(0, () => console.log(socket._handle.fd))"
  const child = spawn('unshare', ['-n', process.execPath, '-e', program], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [said] = await once(child.stdout, 'data')
  const descriptor = Number(String(said))
  const inode = Number(/\d+/.exec(readlinkSync(`/proc/${child.pid}/fd/${descriptor}`))?.[0])
  return { pid: child.pid ?? 0, descriptor, inode }
}

test.skipIf(process.getuid?.() !== 0)('a socket is asked only while its descriptor has the same inode', async () => {
  const kernel = openKernel()
  const { pid, descriptor, inode } = await startOther()
  const path = `/proc/${pid}/ns/net`
  const namespace = kernel.identify(path).inode
  const own = kernel.readLink('/proc/thread-self/ns/net')
  const where = () => kernel.readLink('/proc/thread-self/ns/net')
  expect(kernel.inNamespace(path, namespace, where)).toBe(`net:[${namespace}]`)
  // The process has moved to another namespace.
  expect(() => kernel.inNamespace(path, namespace + 1, where)).toThrow('does not exist (ENOENT)')
  expect(where()).toBe(own)
  expect(kernel.withSocket(pid, descriptor, inode, (socket) => socket.memory().length)).toBe(36)
  // The descriptor now belongs to another socket.
  const open = readdirSync('/proc/self/fd').length
  expect(() => kernel.withSocket(pid, descriptor, inode + 1, (socket) => socket.memory())).toThrow('pidfd_getfd: EBADF')
  expect(readdirSync('/proc/self/fd')).toHaveLength(open)
})
