import { expect, test } from 'vitest'
import { attempt, readFixture } from '../../fixtures/read-fixture.ts'
import { ShapeError } from '../text/shape-error.ts'
import { parseDevSnmp6 } from './parse-dev-snmp6.ts'

const read = (twin = '') => parseDevSnmp6(readFixture(`proc/net/dev_snmp6/tap101${twin}`), `dev_snmp6/tap101${twin}`)

test('reads the index and the three counters', () => {
  expect(read()).toEqual({ ifindex: 7, routerSolicitsIn: 0, routerAdvertsIn: 2, routerAdvertsOut: 2, beyondRange: [] })
})

test('keeps a counter beyond 2^32', () => {
  expect(read('.beyond-2-32')).toMatchObject({ routerSolicitsIn: 4294967301, beyondRange: [] })
})

test('a counter beyond 2^53 is null and named; the others remain', () => {
  expect(read('.beyond-2-53')).toMatchObject({
    routerAdvertsIn: 2,
    routerAdvertsOut: null,
    beyondRange: ['Icmp6OutRouterAdvertisements'],
  })
})

test.each([
  ['.truncated', /^dev_snmp6\/tap101.truncated:\d+: expected a final newline/],
  ['.missing-key', /^dev_snmp6\/tap101.missing-key:\d+: expected a line Icmp6InRouterSolicits/],
  [
    '.negative',
    /^dev_snmp6\/tap101.negative:\d+: expected Icmp6InRouterSolicits and an unsigned number, found "Icmp6InRouterSolicits +\\t-1"/,
  ],
])('%s is an error with file and line', (twin, message) => {
  expect(() => read(twin)).toThrow(message)
})

test('an error gives the line of the key', () => {
  const text = readFixture('proc/net/dev_snmp6/tap101.negative')
  const line = text.split('\n').findIndex((one) => one.startsWith('Icmp6InRouterSolicits')) + 1
  expect(() => read('.negative')).toThrow(`:${line}:`)
})

test('does not confuse a key with a longer key', () => {
  const text = readFixture('proc/net/dev_snmp6/tap101').replace('Icmp6InRouterSolicits ', 'Icmp6InRouterSolicitsToo ')
  expect(() => parseDevSnmp6(text)).toThrow(ShapeError)
})

test('a part of the file is an error or has the same counters', () => {
  const text = readFixture('proc/net/dev_snmp6/tap101')
  const whole = read()
  const parts = Array.from(text, (_, length) => attempt(() => parseDevSnmp6(text.slice(0, length))))
  const parsed = parts.filter((part) => part !== null)
  expect(parsed).toEqual(parsed.map(() => whole))
  expect(parsed.length).toBeLessThan(20)
})
