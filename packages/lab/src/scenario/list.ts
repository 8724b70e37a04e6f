import type { HypervisorOptions } from '../hypervisor/start.ts'
import { capacity } from './capacity.ts'
import { churn } from './churn.ts'
import { dnsmasqLeak } from './dnsmasq-leak.ts'
import { healthy } from './healthy.ts'
import { leak } from './leak.ts'
import { restart } from './restart.ts'
import type { Story } from './story.ts'
import { twoSenders } from './two-senders.ts'

export type Scenario = {
  readonly sentence: string
  readonly story: Story
  /** Whether it needs a radvd that leaks. */
  readonly needsLeak?: boolean
  /** Options of its hypervisors, if not the defaults. */
  readonly hypervisor?: Pick<HypervisorOptions, 'senders' | 'place' | 'optmemMaxBytes'>
}

/** Every scenario by the name that an operator types. */
export const scenarios = new Map<string, Scenario>(
  Object.entries({
    leak: {
      sentence: 'Taps come and go until radvd 2.19 has filled its socket, and its VMs lose ::/0.',
      story: leak,
      needsLeak: true,
    },
    capacity: {
      sentence: 'Taps come and stay until honest memberships fill the socket: nothing is stale.',
      story: capacity,
    },
    healthy: {
      sentence: 'VMs come and go on taps that stay: the memberships stay the same, and nothing leaks.',
      story: healthy,
    },
    restart: {
      sentence: 'As leak; a minute later radvd is restarted: usage falls to zero and ::/0 returns.',
      story: restart,
      needsLeak: true,
    },
    churn: {
      sentence: '400 VMs come and go while tap names and pids are used again; the collector is held to the truth.',
      story: churn,
      hypervisor: { optmemMaxBytes: 131_072 },
    },
    'dnsmasq-leak': {
      sentence: 'dnsmasq leaks in the same way, until it can join no further tap; it can still send.',
      story: dnsmasqLeak,
      hypervisor: { senders: ['dnsmasq'] },
    },
    qrouter: {
      sentence: 'As leak, with radvd, taps and limit in a namespace qrouter-UUID, as neutron makes it.',
      story: leak,
      needsLeak: true,
      hypervisor: { place: 'router' },
    },
    container: {
      sentence: 'As leak, with radvd in a container that alone has its executable and configuration.',
      story: leak,
      needsLeak: true,
      hypervisor: { place: 'container' },
    },
    'two-senders': {
      sentence: 'radvd and dnsmasq serve the same taps and leak together, until dnsmasq serves alone.',
      story: twoSenders,
      needsLeak: true,
      hypervisor: { senders: ['radvd', 'dnsmasq'] },
    },
  }),
)
