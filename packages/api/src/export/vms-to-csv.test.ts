import type { VmResource } from '@slashzero/contract/rest'
import { expect, test } from 'vitest'
import { vmsToCsv } from './vms-to-csv.ts'

const vm: VmResource = {
  id: 'vm_1',
  name: 'web-1',
  uuid: null,
  demo: false,
  hypervisor: { id: 'hv_1', name: 'hv-1', status: 'sends-blocked', statusReason: '' },
  tap: { name: 'tap1', ifindex: 7, status: 'served', statusReason: '' },
  route: {
    status: 'missing',
    reason: 'no ::/0',
    since: '2026-01-01T00:00:00.000Z',
    checkedAt: null,
    checks: [],
    method: 'guest-agent',
    gateway: null,
    expiresAt: null,
  },
  cause: null,
  countdown: null,
}

test('a VM is one line under the column names', async () => {
  expect(await toCsv([vm])).toBe(
    'id,name,uuid,hypervisor_id,hypervisor,hypervisor_status,tap,tap_ifindex,route,since,reason,cause,checked_at,method,gateway,expires_at,demo\r\n' +
      'vm_1,web-1,,hv_1,hv-1,sends-blocked,tap1,7,missing,2026-01-01T00:00:00.000Z,no ::/0,,,guest-agent,,,false\r\n',
  )
})

test('an empty list has the column names', async () => {
  expect(await toCsv([])).toMatch(/^id,name,[a-z_,]+\r\n$/)
})

test.each([
  { name: '=HYPERLINK("http://x")', field: `"'=HYPERLINK(""http://x"")"` },
  { name: '+1', field: `'+1` },
  { name: '-1', field: `'-1` },
  { name: '@SUM(A1)', field: `'@SUM(A1)` },
  { name: '\t=1', field: `'\t=1` },
  { name: '\r=1', field: `"'\r=1"` },
  { name: '\n=1', field: `"'\n=1"` },
  { name: ' =1', field: `' =1` },
  { name: '\u00a0=1', field: `'\u00a0=1` },
  { name: '\ufeff=1', field: `'\ufeff=1` },
  { name: '\u200b=1', field: `'\u200b=1` },
  { name: '\u001b=1', field: `'\u001b=1` },
  { name: '|cmd', field: `'|cmd` },
  { name: '%0A=1', field: `'%0A=1` },
  { name: '＝1', field: `'＝1` },
  { name: '＋1', field: `'＋1` },
  { name: '－1', field: `'－1` },
  { name: '＠1', field: `'＠1` },
  { name: '﹦1', field: `'﹦1` },
  { name: '−1', field: `'−1` },
  { name: 'a=1', field: 'a=1' },
  { name: 'a,b', field: '"a,b"' },
  { name: 'a"b', field: '"a""b"' },
  { name: 'a\r\nb', field: '"a\r\nb"' },
  { name: '<script>', field: '<script>' },
])('the name $name is written as $field', async ({ name, field }) => {
  expect(await toCsv([{ ...vm, name }])).toContain(`vm_1,${field},,hv_1`)
})

test('a long list is sent in pieces', async () => {
  const pieces = await collect(vmsToCsv(many(5000)))
  expect(pieces.length).toBeGreaterThan(5)
  expect(pieces.join('').split('\r\n')).toHaveLength(5002)
})

async function* many(count: number) {
  for (let index = 0; index < count; index += 1) yield vm
}

async function toCsv(vms: VmResource[]): Promise<string> {
  const all = async function* () {
    yield* vms
  }
  return (await collect(vmsToCsv(all()))).join('')
}

async function collect(pieces: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = []
  for await (const piece of pieces) collected.push(piece)
  return collected
}
