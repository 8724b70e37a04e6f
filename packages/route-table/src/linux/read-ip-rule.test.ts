import { expect, test } from 'vitest'
import { readIpRule } from './read-ip-rule.ts'

const LOCAL = '0:\tfrom all lookup local\n'
const MAIN = '32766:\tfrom all lookup main\n'

test.each([
  ['from all fwmark 0/0xffff lookup 100', true],
  ['from all fwmark 0x0/0xffff lookup 100', true],
  ['from all fwmark 0x10000/0xffff lookup 100', true],
  ['from all fwmark 0x1 lookup 100', false],
  ['not from all fwmark 0xca6c lookup 100', true],
  ['not from all fwmark 0/0xff lookup 100', false],
  ['from all iif lo lookup 100', true],
  ['from all iif eth0 lookup 100', false],
  ['from all iif ghost [detached] lookup 100', false],
  ['not from all iif eth0 lookup 100', true],
  ['from all oif eth0 lookup 100', false],
  ['from all to 2001:db8::/32 lookup 100', false],
  ['from all to 2000::/3 lookup 100', true],
  ['from all uidrange 1000-1999 lookup 100', false],
  ['from all uidrange 0-0 lookup 100', true],
  ['from all ipproto tcp dport 443 lookup 100', false],
  ['from all sport 1-1023 lookup 100', false],
  ['from all tos 0x10 lookup 100', false],
  ['from all dscp CS0 lookup 100', true],
  ['from all dscp AF11 lookup 100', false],
  ['from all tun_id 5 lookup 100', false],
  ['from all lookup 100 proto static', true],
  ['from all lookup 100 realms 5', true],
  ['not from all lookup 100', false],
  ['from 2001:db8:1::/64 lookup 100', true],
])("%s: the machine's own packets reach table 100: %s", (rule, reached) => {
  const { tables, failure } = readIpRule(`${LOCAL}10:\t${rule}\n${MAIN}`)
  expect([failure, (tables?.('100').visits.length ?? 0) > 0]).toEqual([null, reached])
})

test('the number of table main is table main', () => {
  const { tables } = readIpRule('0:\tfrom all lookup 255\n32766:\tfrom all lookup 254\n')
  expect(tables?.('main').visits).toHaveLength(2)
})

test.each([
  ['from all unreachable', false],
  ['from all fwmark 0x1 unreachable', true],
  ['from 2001:db8:1::/64 prohibit', true],
  ['not from 2001:db8:1::/64 blackhole', true],
  ['from all goto 32766', true],
  ['from all goto 40000', false],
  ['from all goto 50000 [unresolved]', true],
  ['from all nop', true],
])('%s: the look-up goes on to table main: %s', (rule, reached) => {
  const { tables } = readIpRule(`${LOCAL}10:\t${rule}\n${MAIN}40000:\tfrom all lookup 7\n`)
  expect((tables?.('main').visits.length ?? 0) > 0).toBe(reached)
})

test('a warning about a file of names is no rule', () => {
  const warning = 'Database /etc/iproute2/rt_tables is corrupted at bad line here\n\n'
  const { tables, failure } = readIpRule(`${LOCAL}${warning}${MAIN}`)
  expect([failure, tables?.('main').visits.length]).toEqual([null, 2])
})

test('a table that only some packets reach has a reason with the rule', () => {
  const { tables } = readIpRule(`${LOCAL}10:\tfrom all fwmark 0x1 lookup 100\n${MAIN}`)
  expect([tables?.('100').reason, tables?.('200').reason]).toEqual([
    'the default route is in table 100, which rule 10 opens to some packets only',
    'the default route is in table 200, which no rule reaches',
  ])
})

test.each(['10:\tfrom all lookup 7 suppress_ifgroup 5', '10:\tfrom all later 5 lookup 7', 'garbage', '10: from all'])(
  '%j is a failure with its line',
  (line) => {
    expect(readIpRule(`${LOCAL}${line}\n`)).toEqual({
      tables: null,
      failure: `line 2 is not a rule that can be judged: ${JSON.stringify(line)}`,
    })
  },
)
