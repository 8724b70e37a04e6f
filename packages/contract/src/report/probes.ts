export type Capability = 'CAP_SYS_PTRACE' | 'CAP_DAC_READ_SEARCH' | 'CAP_SYS_ADMIN' | 'CAP_DAC_OVERRIDE' | 'CAP_NET_RAW'

/** What a failed probe leaves unknown on the whole host. Without the probe, the host seems to have none. */
type Hidden = 'senders' | 'taps'

type ProbeFacts = {
  readonly name: string
  readonly sees: string
  /** The rights that show more than the collector's own processes and namespace. */
  readonly capabilities: readonly Capability[]
  /** The setting that turns the probe on; null if every pass runs the probe. */
  readonly setting: string | null
  readonly hides: readonly Hidden[]
}

const OWNERS = ['CAP_SYS_PTRACE', 'CAP_DAC_READ_SEARCH'] as const
const EVERY_PASS = { capabilities: [], setting: null, hides: [] } as const

/** The probes that every pass runs, in the order of the report. */
export const PASS_PROBES = [
  { ...EVERY_PASS, name: 'membership-size', sees: 'what a membership costs on this kernel' },
  { ...EVERY_PASS, name: 'processes', sees: 'which processes run', capabilities: OWNERS, hides: ['senders'] },
  {
    ...EVERY_PASS,
    name: 'namespaces',
    sees: 'the taps and the limit of other network namespaces',
    capabilities: ['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE'],
    hides: ['senders', 'taps'],
  },
  { ...EVERY_PASS, name: 'links', sees: 'the taps and whether they are up', hides: ['taps'] },
  { ...EVERY_PASS, name: 'limit', sees: 'the limit of option memory' },
  { ...EVERY_PASS, name: 'senders', sees: 'the senders and their sockets', hides: ['senders'] },
  { ...EVERY_PASS, name: 'optmem', sees: 'the option memory of senders', capabilities: OWNERS },
  {
    ...EVERY_PASS,
    name: 'stale-memberships',
    sees: 'which dead interfaces senders are still members on',
    capabilities: OWNERS,
  },
  {
    ...EVERY_PASS,
    name: 'configurations',
    sees: 'what senders are configured to say',
    capabilities: ['CAP_SYS_PTRACE'],
  },
  { ...EVERY_PASS, name: 'all-routers-users', sees: 'which taps a daemon has joined' },
  { ...EVERY_PASS, name: 'counters', sees: 'solicitations and advertisements on each tap' },
  { ...EVERY_PASS, name: 'vms', sees: 'which VM is behind a tap', capabilities: OWNERS },
  {
    ...EVERY_PASS,
    name: 'guest-routes',
    sees: 'the default routes that guest agents tell',
    capabilities: ['CAP_DAC_OVERRIDE'],
  },
] as const satisfies readonly ProbeFacts[]

/** The probes that run only on a hypervisor whose collector has the setting. */
export const SWITCHED_PROBES = [
  {
    name: 'off-link-probe',
    sees: 'whether VMs have a way back, by echo requests and TCP from an address that is off-link for them',
    capabilities: ['CAP_NET_RAW'],
    setting: 'off-link-source',
    hides: [],
  },
  {
    name: 'guest-push',
    sees: 'the default routes that VMs push to their hypervisor',
    capabilities: [],
    setting: 'guest-push-listen',
    hides: [],
  },
  {
    name: 'advertisements',
    sees: 'what Router Advertisements say on each tap, and so when each ::/0 ends',
    capabilities: ['CAP_NET_RAW'],
    setting: 'watch-advertisements',
    hides: [],
  },
] as const satisfies readonly ProbeFacts[]

export type PassProbe = (typeof PASS_PROBES)[number]['name']
export type SwitchedProbe = (typeof SWITCHED_PROBES)[number]['name']

const KNOWN: ReadonlyMap<string, ProbeFacts> = new Map(
  [...PASS_PROBES, ...SWITCHED_PROBES].map((probe) => [probe.name, probe]),
)

/**
 * Whether a failure of the probe may hide senders or taps. A probe of another version may hide both: no verdict may be
 * healthy because this server does not know the probe's name.
 */
export function mayHide(probe: string, what: Hidden): boolean {
  return KNOWN.get(probe)?.hides.includes(what) ?? true
}
