import { expect, test } from 'vitest'
import { goldenJson } from '../testing/index.ts'
import { buildNamespace, buildSender, buildSocket, buildTap } from '../testing/index.ts'
import { enrolResponse, ingestResponse, problem, report, toVisible } from './index.ts'

test('text that a terminal would obey becomes text that it shows', () => {
  expect(toVisible('vm\u001b[31m\n"<script>\u0000\u202e')).toBe('vm␛[31m␊"<script>␀\ufffd')
  expect(toVisible('half \ud800 pair')).toBe('half \ufffd pair')
})

const golden = goldenJson()

test('a collector of a later version may say more, at every place of a report', () => {
  let places = 0
  const extend = (value: unknown, key?: string): unknown => {
    if (Array.isArray(value)) return value.map((one) => extend(one))
    // Labels are the only place where every name has a meaning.
    if (typeof value !== 'object' || value === null || key === 'labels') return value
    places += 1
    return Object.fromEntries([
      ...Object.entries(value).map(([name, one]) => [name, extend(one, name)]),
      ['ofALaterVersion', { deep: [null, 1] }],
    ])
  }
  expect(report.parse(extend(golden))).toEqual(report.parse(golden))
  expect(places).toBeGreaterThan(8)
})

test('a server of a later version may say more in its answers', () => {
  expect(ingestResponse.parse({ accepted: 1, duplicates: 0, later: {} })).toEqual({ accepted: 1, duplicates: 0 })
  expect(enrolResponse.parse({ hypervisorId: 'hv_1', credential: 'sz_host_x', later: [] })).toEqual({
    hypervisorId: 'hv_1',
    credential: 'sz_host_x',
  })
  const refusal = {
    type: 'about:blank',
    title: 'Refused',
    status: 422,
    detail: 'no',
    errors: [{ pointer: '/version', detail: 'x', later: 1 }],
    later: 1,
  }
  expect(problem.parse(refusal).errors).toEqual([{ pointer: '/version', detail: 'x' }])
})

const plain = report.parse(golden)
const labelled = (labels: object) => ({ ...plain, host: { ...plain.host, labels } })
const many = <Thing>(count: number, make: (nth: number) => Thing) =>
  Array.from({ length: count }, (_, nth) => make(nth))
const named = (count: number, name = 'k', text = 'v') =>
  Object.fromEntries(many(count, (nth) => [`${name}${nth}`, text]))
const sender = (sockets: number) => buildSender({ sockets: many(sockets, () => buildSocket()) })
const placed = (namespaces: object[]) => ({ ...plain, namespaces })

test.each([
  { name: '65 labels', input: labelled(named(65)), path: 'host.labels', message: 'expected at most 64 labels' },
  { name: '60,000 labels', input: labelled(named(60_000)), path: 'host.labels', message: 'expected at most 64 labels' },
  {
    name: 'a long label',
    input: labelled(named(1, 'k'.repeat(64))),
    path: `host.labels.${'k'.repeat(64)}0`,
    message: 'Invalid key in record',
  },
  {
    name: 'a long text of a label',
    input: labelled(named(1, 'k', 'v'.repeat(256))),
    path: 'host.labels.k0',
    message: 'Too big: expected string to have <=255 characters',
  },
  {
    name: 'taps of many namespaces',
    input: placed(many(6, (id) => buildNamespace({ id: id + 1, taps: many(1000, (nth) => buildTap(nth + 1)) }))),
    path: 'namespaces',
    message: 'holds 6000 taps over all namespaces; a report may hold 4000',
  },
  {
    name: 'sockets of many namespaces',
    input: placed(many(17, (id) => buildNamespace({ id: id + 1, senders: [sender(241)] }))),
    path: 'namespaces',
    message: 'holds 4097 sockets over all namespaces; a report may hold 4096',
  },
  {
    name: 'sockets beside taps in many namespaces',
    input: placed(
      many(60, (id) =>
        buildNamespace({ id: id + 1, senders: [sender(60)], taps: many(40, (nth) => buildTap(nth + 1)) }),
      ),
    ),
    path: 'namespaces',
    message: 'holds too many sockets in a namespace: sockets times sockets and taps is 360000; it may be 100000',
  },
  {
    name: 'sockets of one namespace',
    input: placed([buildNamespace({ senders: many(4, () => sender(256)), taps: [] })]),
    path: 'namespaces',
    message: 'holds too many sockets in a namespace: sockets times sockets and taps is 1048576; it may be 100000',
  },
])('$name are refused, and the error names the field', ({ input, path, message }) => {
  const issues = report.safeParse(input).error?.issues.map((issue) => [issue.path.join('.'), issue.message])
  expect(issues).toEqual([[path, message]])
})

test('as much as one report may hold is accepted', () => {
  expect(report.parse(labelled(named(64))).host.labels).toEqual(named(64))
  const full = placed(many(4, (id) => buildNamespace({ id: id + 1, taps: many(1000, (nth) => buildTap(nth + 1)) })))
  expect(report.parse(full).namespaces).toHaveLength(4)
  const busy = buildNamespace({ senders: [sender(40)], taps: many(2000, (nth) => buildTap(nth + 1)) })
  expect(report.parse(placed([busy])).namespaces).toHaveLength(1)
})
