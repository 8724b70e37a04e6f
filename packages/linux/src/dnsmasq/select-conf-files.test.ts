import { expect, test } from 'vitest'
import { selectConfFiles } from './select-conf-files.ts'

const NAMES = ['a.conf', 'b.conf.dpkg-old', '.hidden', 'backup~', '#edited#', '.conf', 'README']

test.each([
  ['/etc/dnsmasq.d', ['a.conf', 'b.conf.dpkg-old', 'README']],
  ['/etc/dnsmasq.d,*', ['a.conf', 'b.conf.dpkg-old', 'README']],
  ['/etc/dnsmasq.d,.dpkg-dist, .dpkg-old', ['a.conf', 'README']],
  ['/etc/dnsmasq.d,*.conf', ['a.conf']],
])('%s', (value, expected) => {
  const { folder, selects } = selectConfFiles(value.split(',').map((part) => part.trim()))
  expect([folder, NAMES.filter(selects)]).toEqual(['/etc/dnsmasq.d', expected])
})
