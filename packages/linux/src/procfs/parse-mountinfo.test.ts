import { expect, test } from 'vitest'
import { parseRootMount } from './parse-mountinfo.ts'

const HOST = `22 28 0:21 / /sys rw,nosuid shared:7 - sysfs sysfs rw
28 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
36 28 0:31 / /run rw,nosuid shared:12 - tmpfs tmpfs rw
`

test('the root of a host and of a container differ', () => {
  expect(parseRootMount(HOST)).toBe('254:1 /')
  expect(
    parseRootMount(`912 800 0:88 / / rw,relatime - overlay overlay rw\n913 912 0:90 / /proc rw - proc proc rw\n`),
  ).toBe('0:88 /')
})

test('the last of several mounts at / counts', () => {
  expect(parseRootMount(`${HOST}40 28 0:44 /sub / rw - tmpfs tmpfs rw\n`)).toBe('0:44 /sub')
})

test.each(['', 'garbage', HOST.replace(' / / ', ' / /mnt ')])('no root in %j', (text) => {
  expect(parseRootMount(text)).toBeNull()
})
