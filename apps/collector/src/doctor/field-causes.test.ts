import { readdirSync, readFileSync } from 'node:fs'
import { judgeReport } from '@slashzero/core'
import { buildNamespace, buildReport, buildSender, buildTap } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { createConfigurationReader } from '../probes/configuration/read-configurations.ts'
import { recordRuns } from '../probes/record-runs.ts'
import { stoppedClock } from '../testing/fake-clock.ts'
import { fakeKernel } from '../testing/fake-kernel.ts'

const FOLDER = new URL('../../fixtures/field/', import.meta.url)

type Case = { daemon: string; args: string[]; files: Record<string, string>; listener: string; joined: boolean }

/** What the server says of a tap, by the sender's own files; fixtures/README.md says where the shapes come from. */
async function judge(file: string, version: string | null) {
  const { daemon, args, files, listener, joined }: Case = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
  const tree = Object.fromEntries(Object.entries(files).map(([path, text]) => [`/proc/913/root${path}`, text]))
  const commandLine = args.map((word) => `${word}\0`).join('')
  const kernel = fakeKernel({ '/proc/913/cmdline': commandLine, '/proc/913/root': { link: '/' }, ...tree })
  const given = buildNamespace({
    senders: [buildSender({ daemon, version })],
    taps: [buildTap(7, { listener, allRoutersUsers: joined ? 2 : 1 })],
  })
  const read = createConfigurationReader(kernel, stoppedClock())
  const heard = { heard: new Set([listener]), unjoined: new Set<string>(), mtus: new Map<string, number>() }
  const namespaces = await read([given], () => heard, recordRuns(stoppedClock(), 5000))
  const report = buildReport(0, { namespaces })
  const [tap] = judgeReport(null, report, Date.parse(report.sentAt)).state.taps
  return { status: tap?.status, reason: tap?.statusReason }
}

const cases = [
  {
    file: 'refused-lifetime-too-long.json',
    status: 'not-joined',
    reason: expect.stringContaining('radvd refuses tap7: AdvDefaultLifetime is 18000, not within 600 to 9000'),
  },
  {
    file: 'refused-min-interval.json',
    status: 'not-joined',
    reason: expect.stringContaining('radvd refuses tap7: MinRtrAdvInterval is 500, not within 3 to 450'),
  },
  {
    file: 'refused-mtu.json',
    status: 'not-joined',
    reason: expect.stringContaining('radvd refuses tap7: AdvLinkMTU is 1000'),
  },
  { file: 'route-option-makes-default.json', status: 'served', reason: 'radvd has joined here' },
  { file: 'clients-list.json', status: 'served', reason: expect.stringContaining('only to the 1 address in clients') },
  {
    file: 'dnsmasq-listen-address-only.json',
    status: 'served',
    reason: expect.stringContaining('no Router Advertisement is configured for br0'),
  },
]

test.each(cases)('the cause in $file is named', async ({ file, status, reason }) => {
  expect(await judge(file, '2.19')).toEqual({ status, reason })
  expect(await judge(file, null)).toMatchObject({ status, reason })
})

test('radvd 2.21 takes a lifetime of 18000 s', async () => {
  expect((await judge('refused-lifetime-too-long.json', '2.21')).reason).not.toContain('refuses')
})

test('every sender from the field is judged by a test', () => {
  expect(readdirSync(FOLDER).toSorted()).toEqual(cases.map(({ file }) => file).toSorted())
})
