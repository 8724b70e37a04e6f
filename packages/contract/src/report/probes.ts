export type Capability = 'CAP_SYS_PTRACE' | 'CAP_DAC_READ_SEARCH' | 'CAP_SYS_ADMIN' | 'CAP_DAC_OVERRIDE' | 'CAP_NET_RAW'

type ProbeFacts = {
  readonly name: string
  /** What the rights and the setting let the collector see. */
  readonly sees: string
  /** The rights that show more than the collector's own processes and namespace. */
  readonly capabilities?: readonly Capability[]
  /** The setting that turns the probe on; every pass runs a probe without a setting. */
  readonly setting?: string
  /** What a failure leaves unknown. Without the probe, the host looks as if it had none of these. */
  readonly hides: readonly [string, ...string[]]
}

const OWNERS = ['CAP_SYS_PTRACE', 'CAP_DAC_READ_SEARCH'] as const
const NAMESPACES = ['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE'] as const

/** The probes that every pass runs, in the order of the report. */
export const PASS_PROBES = [
  { name: 'membership-size', sees: 'what a membership costs on this kernel', hides: ['headroom'] },
  { name: 'processes', sees: "which process owns a sender's socket", capabilities: OWNERS, hides: ['senders', 'vms'] },
  {
    name: 'namespaces',
    sees: 'the taps and the limit of other network namespaces',
    capabilities: NAMESPACES,
    hides: ['senders', 'taps', 'vms'],
  },
  { name: 'links', sees: 'the taps and whether they are up', hides: ['taps'] },
  { name: 'limit', sees: 'the limit of option memory', hides: ['headroom'] },
  { name: 'senders', sees: "the sockets of other users' senders", capabilities: OWNERS, hides: ['senders'] },
  {
    name: 'optmem',
    sees: "option memory of other users' senders, also if the kernel has no diagnosis of raw sockets",
    capabilities: OWNERS,
    hides: ['headroom'],
  },
  {
    name: 'stale-memberships',
    sees: "which dead interfaces other users' senders are still members on",
    capabilities: OWNERS,
    hides: ['stale-memberships'],
  },
  {
    name: 'configurations',
    sees: "what other users' senders are configured to say",
    capabilities: ['CAP_SYS_PTRACE'],
    hides: ['configurations'],
  },
  { name: 'all-routers-users', sees: 'which taps a daemon has joined', hides: ['joins'] },
  { name: 'link-local-addresses', sees: 'the addresses that senders advertise from', hides: ['addresses'] },
  { name: 'counters', sees: 'solicitations and advertisements on each tap', hides: ['counters'] },
  { name: 'vms', sees: 'which VM is behind a tap', capabilities: OWNERS, hides: ['vms'] },
  {
    name: 'guest-routes',
    sees: "the default routes of guests whose agent's socket belongs to another user",
    capabilities: ['CAP_DAC_OVERRIDE'],
    hides: ['default-routes'],
  },
] as const satisfies readonly ProbeFacts[]

/** The probes that run only on a hypervisor whose collector has the setting. */
export const SWITCHED_PROBES = [
  {
    name: 'off-link-probe',
    sees: 'whether VMs have a way back, by echo requests and TCP from an address that is off-link for them',
    capabilities: ['CAP_NET_RAW'],
    setting: 'off-link-source',
    hides: ['default-routes'],
  },
  {
    name: 'guest-push',
    sees: 'the default routes that VMs push to their hypervisor',
    setting: 'guest-push-listen',
    hides: ['default-routes'],
  },
  {
    name: 'advertisements',
    sees: 'what Router Advertisements say on each tap, and so when each ::/0 ends',
    capabilities: ['CAP_NET_RAW'],
    setting: 'watch-advertisements',
    hides: ['advertisements'],
  },
] as const satisfies readonly ProbeFacts[]

/** The probe that a collector runs between its passes. The next pass sees what the probe missed. */
const LINK_EVENTS = {
  name: 'link-events',
  sees: 'what changes in other network namespaces, at once',
  capabilities: NAMESPACES,
  hides: ['changes-between-passes'],
} as const satisfies ProbeFacts

export type PassProbe = (typeof PASS_PROBES)[number]['name']
export type SwitchedProbe = (typeof SWITCHED_PROBES)[number]['name']
export type Probe = PassProbe | SwitchedProbe | typeof LINK_EVENTS.name

export const PROBES: readonly (ProbeFacts & { readonly name: Probe })[] = [
  ...PASS_PROBES,
  ...SWITCHED_PROBES,
  LINK_EVENTS,
]

type Hidden = (typeof PASS_PROBES | typeof SWITCHED_PROBES)[number]['hides'][number]

const KNOWN: ReadonlyMap<string, ProbeFacts> = new Map(PROBES.map((probe) => [probe.name, probe]))

/**
 * Whether a failure of the probe may hide such things. A probe of another version may hide all of them: no verdict may
 * be healthy because this server does not know the probe's name.
 */
export function mayHide(probe: string, ...what: Hidden[]): boolean {
  return KNOWN.get(probe)?.hides.some((hidden) => what.some((one) => one === hidden)) ?? true
}

/** The probes that are off on a hypervisor whose last pass ran `probes`; none if the last pass is not known. */
export function listSwitchedOff(probes: readonly string[] | null) {
  return probes === null ? [] : SWITCHED_PROBES.filter(({ name }) => !probes.includes(name))
}
