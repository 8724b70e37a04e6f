import { expect, test } from 'vitest'
import { parseCgroup } from './parse-cgroup.ts'

const ID = '0123456789abcdef'.repeat(4)

test.each([
  {
    name: 'a unit in the unified hierarchy',
    text: '0::/system.slice/radvd.service\n',
    expected: { kind: 'unit', unit: 'radvd.service' },
  },
  {
    name: 'a unit in a hierarchy of systemd, with an empty unified hierarchy',
    text: '12:cpu:/other.service\n1:name=systemd:/system.slice/radvd@br0.service\n0::/\n',
    expected: { kind: 'unit', unit: 'radvd@br0.service' },
  },
  {
    name: 'a group below a unit',
    text: '0::/system.slice/libvirtd.service/dnsmasq\n',
    expected: { kind: 'unit', unit: 'libvirtd.service' },
  },
  {
    name: 'Docker',
    text: `0::/system.slice/docker-${ID}.scope\n`,
    expected: { kind: 'container', runtime: 'docker', id: '0123456789ab' },
  },
  {
    name: 'Docker without systemd',
    text: `1:name=systemd:/docker/${ID}\n`,
    expected: { kind: 'container', runtime: 'docker', id: '0123456789ab' },
  },
  {
    name: 'Podman',
    text: `0::/machine.slice/libpod-${ID}.scope/container\n`,
    expected: { kind: 'container', runtime: 'podman', id: '0123456789ab' },
  },
  { name: 'a session', text: '0::/user.slice/user-0.slice/session-3.scope\n', expected: null },
  {
    name: 'a manager of a user',
    text: '0::/user.slice/user-1000.slice/user@1000.service/app.slice/a.scope\n',
    expected: null,
  },
  {
    name: 'a unit of a user, with the name of a unit of the system',
    text: '0::/user.slice/user-1000.slice/user@1000.service/app.slice/radvd.service\n',
    expected: null,
  },
  {
    name: 'Docker in Docker',
    text: `0::/docker/${'f'.repeat(64)}/docker/${ID}\n`,
    expected: { kind: 'container', runtime: 'docker', id: '0123456789ab' },
  },
  { name: 'the root', text: '0::/\n', expected: null },
  { name: 'nothing', text: '', expected: null },
])('$name', ({ text, expected }) => {
  expect(parseCgroup(text)).toEqual(expected)
})
