import { expect, test } from 'vitest'
import { fakeKernel } from '../testing/fake-kernel.ts'
import { readHost } from './read-host.ts'

const TREE = {
  '/proc/sys/kernel/random/boot_id': 'b79ec40a-aa25-43a3-93f4-45a968dae75b\n',
  '/proc/sys/kernel/hostname': 'hv-12\n',
  '/proc/sys/kernel/osrelease': '6.1.0-18-amd64\n',
}
const ID = '0123456789abcdef0123456789abcdef'

test('the id is derived from the machine id, stable, and not the machine id', () => {
  const host = readHost(fakeKernel({ ...TREE, '/etc/machine-id': `${ID}\n` }), '0.1.0', { site: 'par1' })
  expect(host).toEqual({
    id: '247cac249f243c72b441d58f780d76a6',
    bootId: 'b79ec40a-aa25-43a3-93f4-45a968dae75b',
    name: 'hv-12',
    kernel: '6.1.0-18-amd64',
    collectorVersion: '0.1.0',
    labels: { site: 'par1' },
  })
})

test.each([
  ['D-Bus has it alone', { '/var/lib/dbus/machine-id': ID }],
  ['the first file is not initialised', { '/etc/machine-id': 'uninitialized\n', '/var/lib/dbus/machine-id': ID }],
])('the same where %s', (_, files) => {
  expect(readHost(fakeKernel({ ...TREE, ...files }), '0.1.0', {}).id).toBe('247cac249f243c72b441d58f780d76a6')
})

test('without a machine id, the error says what to do', () => {
  expect(() => readHost(fakeKernel(TREE), '0.1.0', {})).toThrow('systemd-machine-id-setup')
})
