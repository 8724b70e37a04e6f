import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readFixture } from '../../fixtures/read-fixture.ts'
import { parseQemuCommandLine, splitCommandLine } from './parse-command-line.ts'

const UUID = '6b1f1a3e-5d0a-4c0e-9a3e-000000000101'
const NONE = { name: null, uuid: null, guestAgent: null }

test('reads a recorded command line of plain QEMU', () => {
  expect(parseQemuCommandLine(splitCommandLine(readFixture('proc/101/cmdline')))).toEqual({
    name: 'vm-101',
    uuid: UUID,
    guestAgent: { path: '/run/vm-101.qga' },
  })
})

test("reads libvirt's devices in JSON and the socket that libvirt opened", () => {
  expect(parseQemuCommandLine(splitCommandLine(readFixture('libvirt/cmdline')))).toEqual({
    name: 'guests-vm-1',
    uuid: '5b2c1c52-4c5e-4a0e-9a55-0f6d3c3b1a01',
    guestAgent: { descriptor: 24 },
  })
})

test.each([
  ['8', 'web-1', '18dfa228-cb4d-4ced-af3e-cc670d8e0cdc', '/var/run/qemu-server/100.qga'],
  ['6', 'db-1', '3969d5bf-1597-4834-ac82-bc89de18495a', '/var/run/qemu-server/109.qga'],
])('Proxmox VE %s: the uuid in smbios, an agent beside other channels', (version, name, uuid, path) => {
  expect(parseQemuCommandLine(splitCommandLine(readFixture(`proxmox/cmdline-${version}`)))).toEqual({
    name,
    uuid,
    guestAgent: { path },
  })
})

test('finds the agent of Proxmox on isa-serial, but no console there', () => {
  const args: string[] = JSON.parse(readFixture('field/proxmox-isa-agent.json'))
  expect(parseQemuCommandLine(args)).toEqual({
    name: 'fbsd',
    uuid: '11111111-2222-4333-8444-555555555555',
    guestAgent: { path: '/var/run/qemu-server/101.qga' },
  })
  const unnumbered = args.map((argument) => argument.replace(/qga0/, 'qga'))
  expect(parseQemuCommandLine(unnumbered)?.guestAgent).toEqual({ path: '/var/run/qemu-server/101.qga' })
  const console = args.map((argument) => argument.replace(/qga0$/, 'serial0'))
  expect(parseQemuCommandLine(console)?.guestAgent).toBeNull()
})

test('turns a uuid into lower case', () => {
  expect(parseQemuCommandLine(['kvm', '-smbios', `type=1,uuid=${UUID.toUpperCase()}`])).toMatchObject({ uuid: UUID })
})

test.each([
  ['no name', [], NONE],
  ['an empty name', ['-name', ''], NONE],
  ['an invalid uuid', ['-uuid', 'x'], NONE],
  ['two dashes', ['--name', 'a'], { ...NONE, name: 'a' }],
  ['a name that ends the line', ['-S', '-name'], NONE],
  [
    'another port on a socket',
    ['-chardev', 'socket,id=c,path=/a,server=on', '-device', 'virtserialport,chardev=c,name=com.redhat.spice.0'],
    NONE,
  ],
  [
    'an agent that QEMU itself connects to',
    ['-chardev', 'socket,id=c,path=/a', '-device', 'virtserialport,chardev=c,name=org.qemu.guest_agent.0'],
    NONE,
  ],
  ['garbage for JSON', ['-device', '{', '-name', 'a'], { ...NONE, name: 'a' }],
  ['bytes that are not UTF-8', ['-name', 'a\xff'], { ...NONE, name: 'a\\xff' }],
  ['UTF-8', ['-name', 'caf\xc3\xa9'], { ...NONE, name: 'café' }],
])('%s', (_, args, expected) => {
  expect(parseQemuCommandLine(['qemu-system-x86_64', ...args])).toEqual(expected)
})

test.each(['qemu-ga', 'qemu-nbd', 'qemu-img', 'libvirtd', '/usr/sbin/openvpn', 'kvmtool', ''])(
  '%s is not QEMU',
  (program) => {
    expect(parseQemuCommandLine([program, '-name', 'a'])).toBeNull()
  },
)

test.each(['qemu-system-aarch64', '/usr/libexec/qemu-kvm', 'kvm', '/nix/store/x/bin/.qemu-system-x86_64-wrapped'])(
  '%s is QEMU',
  (program) => {
    expect(parseQemuCommandLine([program])).toEqual(NONE)
  },
)

test('reads back any name and path with doubled commas', () => {
  const text = fc.string({
    minLength: 1,
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  })
  // QEMU itself takes a value from its first single comma to the next.
  fc.assert(
    fc.property(text, text, (name, path) => {
      const double = (value: string) => value.replaceAll(',', ',,')
      const device = 'virtserialport,chardev=c,name=org.qemu.guest_agent.0'
      const args = [
        'kvm',
        '-name',
        `guest=${double(name)},debug-threads=on`,
        '-chardev',
        `socket,id=c,path=${double(path)},server=on`,
        '-device',
        device,
      ]
      expect(parseQemuCommandLine(args)).toMatchObject({ name, guestAgent: { path } })
    }),
  )
})

test('never throws, whatever the arguments', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (args) => {
      expect(parseQemuCommandLine(['kvm', ...args])).not.toBeNull()
    }),
  )
})
