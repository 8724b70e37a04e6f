import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseVmmCommandLine } from './parse-vmm-command-line.ts'

test.each([
  [
    'cloud-hypervisor --api-socket /run/ch/web-1.sock --net tap=tap1,mac=02:00:00:00:00:01',
    { program: 'cloud-hypervisor', name: '/run/ch/web-1.sock', uuid: null },
  ],
  [
    '/opt/kata/bin/cloud-hypervisor --api-socket=path=/run/vc/vm/a1/clh-api.sock --platform uuid=6B1F1A3E-5D0A-4C0E-9A3E-000000000101,serial_number=1',
    {
      program: 'cloud-hypervisor',
      name: '/run/vc/vm/a1/clh-api.sock',
      uuid: '6b1f1a3e-5d0a-4c0e-9a3e-000000000101',
    },
  ],
  ['cloud-hypervisor --api-socket fd=24', { program: 'cloud-hypervisor', name: null, uuid: null }],
  ['cloud-hypervisor-static --cpus boot=1', { program: 'cloud-hypervisor', name: null, uuid: null }],
  [
    '/firecracker --id=551e7604-e35c-42b3-b825-416853441234 --start-time-us=1 --api-sock /run/firecracker.socket',
    { program: 'firecracker', name: '551e7604-e35c-42b3-b825-416853441234', uuid: null },
  ],
  ['firecracker-v1.7.0-x86_64 --api-sock /tmp/fc.sock', { program: 'firecracker', name: '/tmp/fc.sock', uuid: null }],
  ['firecracker --config-file vm.json --no-api', { program: 'firecracker', name: null, uuid: null }],
  ['firecracker --id', { program: 'firecracker', name: null, uuid: null }],
])('%s', (line, expected) => {
  expect(parseVmmCommandLine(line.split(' '))).toEqual(expected)
})

test.each(['firecracker-containerd', 'cloud-hypervisor-agent', 'ch-remote', 'jailer', 'qemu-system-x86_64', ''])(
  '%j is no such monitor',
  (program) => {
    expect(parseVmmCommandLine([program, '--id', 'a'])).toBeNull()
  },
)

test('never throws, whatever the arguments', () => {
  fc.assert(
    fc.property(fc.constantFrom('firecracker', 'cloud-hypervisor'), fc.array(fc.string()), (program, args) => {
      expect(parseVmmCommandLine([program, ...args])).not.toBeNull()
    }),
  )
})
