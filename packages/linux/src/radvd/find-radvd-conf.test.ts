import { expect, test } from 'vitest'
import { findRadvdConf } from './find-radvd-conf.ts'

test.each([
  ['radvd', '/etc/radvd.conf'],
  ['radvd -n -C /a', '/a'],
  ['radvd -nC /a', '/a'],
  ['radvd -nC/a', '/a'],
  ['radvd --config /a', '/a'],
  ['radvd --config=/a', '/a'],
  ['radvd --configtest /b', '/etc/radvd.conf'],
  ['radvd -p -C -C /a', '/a'],
  ['radvd -p/run/C -m syslog', '/etc/radvd.conf'],
  ['radvd -C /b -C /a', '/a'],
  ['radvd -C', '/etc/radvd.conf'],
  ['radvd -n -- -C /b', '/etc/radvd.conf'],
])('%s', (line, path) => {
  expect(findRadvdConf(line.split(' '))).toBe(path)
})
