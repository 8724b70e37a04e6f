import { expect, test } from 'vitest'
import { SystemError } from '../../io/kernel.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import { measureSocket, withSenderSocket } from './measure-socket.ts'

const MISSING = { unavailable: 'sock_diag: this kernel has no diagnosis of raw sockets' }
const words = new Uint8Array(new Uint32Array([0, 0, 0, 0, 0, 0, 1008, 0, 0]).buffer)
const duplicate = { memory: () => words, holdsAllRouters: () => false }

test('sock_diag takes precedence over the duplicate', () => {
  expect(measureSocket(7, new Map([[7, 20440]]), duplicate)).toEqual({
    optmemBytes: 20440,
    method: 'sock_diag',
    unmeasuredReason: null,
  })
})

test('the duplicate serves if sock_diag is missing or lacks the socket', () => {
  const expected = { optmemBytes: 1008, method: 'pidfd', unmeasuredReason: null }
  expect(measureSocket(7, MISSING, duplicate)).toEqual(expected)
  expect(measureSocket(7, new Map([[8, 20440]]), duplicate)).toEqual(expected)
})

test.each([
  ['EPERM', 'pidfd_getfd: not permitted: needs CAP_SYS_PTRACE, and kernel.yama.ptrace_scope below 3'],
  ['ENOSYS', 'pidfd_getfd: this kernel is too old (Linux 5.6 or later has it)'],
  ['EMFILE', 'pidfd_getfd: EMFILE'],
])('without both, %s has its own reason', (code, reason) => {
  const kernel = fakeKernel(
    { '/proc/913/fd/5': { link: 'socket:[6813]' } },
    {
      withSocket: () => {
        throw new SystemError('pidfd_getfd', code)
      },
    },
  )
  const measured = withSenderSocket(kernel, 913, { inode: 6813, descriptor: 5 }, (socket) =>
    measureSocket(6813, MISSING, socket),
  )
  expect(measured).toEqual({ optmemBytes: null, method: null, unmeasuredReason: `${MISSING.unavailable}; ${reason}` })
})

test('an unknown descriptor is a reason too', () => {
  const measured = withSenderSocket(fakeKernel({}), 913, { inode: 6813, descriptor: null }, (socket) =>
    measureSocket(6813, MISSING, socket),
  )
  expect(measured?.unmeasuredReason).toContain(
    'the descriptor is unknown: needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH',
  )
})

test.each([
  ['another socket', { '/proc/913/fd/5': { link: 'socket:[9999]' } }],
  ['a file', { '/proc/913/fd/5': { link: '/dev/null' } }],
  ['nothing', {}],
])('a descriptor that now stands for %s is not asked', (_, tree) => {
  const kernel = fakeKernel(tree, { withSocket: (_pid, _descriptor, _inode, work) => work(duplicate) })
  expect(withSenderSocket(kernel, 913, { inode: 6813, descriptor: 5 }, () => 'asked')).toBeNull()
})

test('a process that ends meanwhile is no failure', () => {
  const kernel = fakeKernel({ '/proc/913/fd/5': { link: 'socket:[6813]' } })
  expect(withSenderSocket(kernel, 913, { inode: 6813, descriptor: 5 }, () => 'asked')).toBeNull()
})
