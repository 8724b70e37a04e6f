import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { CHURN, plug, unplug } from '../../../packaging/check/leak.ts'
import { type Machine, withMachine } from '../../../packaging/check/machine.ts'
import type { Diagnosis } from '../diagnosis.ts'
import type { Ran, Situation } from './stage.ts'
import { doctorScript, obey, RADVD_OPTIONS } from './stage.ts'

const CHECKOUT = fileURLToPath(new URL('../../../../../', import.meta.url))
/** The checkout as the booted machine sees it. */
const SEEN = '/srv/dist/'

/** Each daemon serves a guest, and leaks on other interfaces. */
export const leakingUnits: Situation = {
  name: 'restart leaking units of radvd and dnsmasq, and no route goes',
  async play() {
    let ran: Ran[] = []
    await withMachine(CHECKOUT, async (machine) => {
      ran = await restartLeaking(machine)
    })
    return ran
  },
}

async function restartLeaking(machine: Machine): Promise<Ran[]> {
  const forwarding = ['net.ipv6.conf.all.forwarding=1', 'net.ipv6.conf.default.forwarding=1']
  await machine.run('sysctl', '-qw', ...forwarding, 'net.core.optmem_max=20480')
  const entries = ['tap101', ...CHURN].map((name) => `interface ${name} { ${RADVD_OPTIONS} };\n`)
  writeFileSync(`${machine.root}/etc/radvd.conf`, entries.join(''))
  writeFileSync(`${machine.root}/etc/dnsmasq.conf`, DNSMASQ_CONF)
  writeFileSync(`${machine.root}/etc/systemd/system/dnsmasq.service`, DNSMASQ_UNIT)
  await machine.shell('systemctl daemon-reload && systemctl start radvd.service dnsmasq.service')
  for (const name of GUESTS) await addGuest(machine, name)
  await leak(machine, CHURN)
  await leak(machine, DNSMASQ_CHURN)
  const spool = '/var/lib/slashzero-collector/spool/host'
  await machine.shell(`mkdir -p ${spool} && touch ${spool}/000000000001-1000.json.gz`)
  const before = await readSenders(machine)
  expect(before).toEqual([
    ['dnsmasq', expect.any(Number), DNSMASQ_CHURN.length],
    ['radvd', expect.any(Number), CHURN.length],
  ])
  const ran = await obey(await diagnose(machine), (script) => machine.shell(script))
  const after = [
    ['dnsmasq', expect.any(Number), 0],
    ['radvd', expect.any(Number), 0],
  ]
  await machine.until('both daemons run without a leak', async () => {
    const senders = await readSenders(machine)
    return senders.length === 2 && senders.every(([, pid, stale], index) => pid !== before[index]?.[1] && stale === 0)
  })
  expect(await readSenders(machine)).toEqual(after)
  for (const name of GUESTS) {
    expect(await machine.shell(`ip -n guest-${name} -6 route show default`)).toContain('via fe80:')
    expect(await machine.shell(`grep "^Deleted default" /run/changes-${name} || true`)).toBe('')
  }
  return ran
}

const GUESTS = ['tap101', 'dns101']
const DNSMASQ_CHURN = Array.from({ length: 5 }, (_, index) => `dns${index}`)
const DNSMASQ_CONF = [
  ...['dns101', ...DNSMASQ_CHURN].map((name) => `interface=${name}`),
  'port=0',
  'user=root',
  'leasefile-ro',
  'bind-dynamic',
  'enable-ra',
  'dhcp-range=::,constructor:dns*,ra-only',
  'ra-param=dns*,4,600',
  '',
].join('\n')
const DNSMASQ_UNIT = '[Service]\nExecStart=/usr/sbin/dnsmasq --keep-in-foreground --conf-file=/etc/dnsmasq.conf\n'

/** Deletes interfaces that a daemon has joined. */
async function leak(machine: Machine, names: readonly string[]): Promise<void> {
  for (const name of names) await plug(machine, name)
  await machine.until(`a daemon has joined ${names.join(' ')}`, async () => {
    const table = await machine.run('cat', '/proc/net/igmp6')
    return names.every((name) => new RegExp(`\\s${name}\\s+ff020000000000000000000000000002\\s+2\\s`).test(table))
  })
  for (const name of names) await unplug(machine, name)
}

/** Daemon, pid and stale memberships of each sender, by daemon. */
async function readSenders(machine: Machine): Promise<[string, number, number | null][]> {
  const { namespaces } = await diagnose(machine)
  return namespaces
    .flatMap(({ senders }) => senders)
    .map(({ daemon, pid, staleMemberships }): [string, number, number | null] => [daemon, pid, staleMemberships])
    .toSorted(([a], [b]) => a.localeCompare(b))
}

async function diagnose(machine: Machine): Promise<Diagnosis> {
  const inside = (path: string) => (path.startsWith(CHECKOUT) ? SEEN + path.slice(CHECKOUT.length) : path)
  const collector = [inside(process.execPath), `${SEEN}apps/collector/bin/slashzero-collector.mjs`]
  return JSON.parse(await machine.run(...doctorScript(collector)))
}

/** Connects a guest to an interface and watches its default route. */
async function addGuest(machine: Machine, name: string): Promise<void> {
  const guest = `guest-${name}`
  await machine.shell(`set -e; ip netns add ${guest}; ip link add ${name} type veth peer name eth0 netns ${guest}
ip -n ${guest} link set lo up; ip -n ${guest} link set eth0 up; ip link set ${name} up; ip addr add fd00::1/64 dev ${name}`)
  await machine.until('the guest has its route', async () =>
    (await machine.shell(`ip -n ${guest} -6 route show default`)).includes('via fe80:'),
  )
  const watch = `ip -n ${guest} -6 monitor route >/run/changes-${name}`
  await machine.run('systemd-run', '--quiet', `--unit=watch-${name}`, 'sh', '-c', watch)
}
