import { PROBES, SWITCHED_PROBES } from '@slashzero/contract/report'
import type { Capability, Probe, Report } from '@slashzero/contract/report'
import { MEMBER } from '../route-checks/guest-agent/libvirt/open-connection.ts'
import type { readLibvirtAccess } from '../route-checks/guest-agent/libvirt/create-libvirt-agents.ts'

/**
 * What a process can see. `impaired`: the process has the right, and a read still failed. `untried`: there was
 * nothing to see.
 */
export type Ability = {
  readonly name: string
  readonly sees: string
  readonly capabilities: readonly Capability[]
  readonly state: 'on' | 'off' | 'impaired' | 'untried'
  /** Why the state is not `on`; null if it is. */
  readonly reason: string | null
  /** What would turn the ability on; null if it is on. */
  readonly turnOn: string | null
}

type Granted = Pick<Ability, 'name' | 'sees' | 'capabilities'> & { readonly probes: readonly Probe[] }

/** What the rights add. The first abilities need no right: that is observe-only mode. */
export const ABILITIES: readonly Granted[] = [
  toAbility('own-taps', 'links', 'all-routers-users', 'link-local-addresses', 'counters'),
  toAbility('membership-size', 'membership-size', 'limit'),
  {
    name: 'namespaces',
    sees: "which network namespaces other users' processes are in",
    capabilities: ['CAP_SYS_PTRACE'],
    probes: [],
  },
  toAbility('owners', 'senders', 'processes', 'vms'),
  toAbility('option-memory', 'optmem'),
  toAbility('stale-memberships', 'stale-memberships'),
  toAbility('configurations', 'configurations'),
  toAbility('other-namespaces', 'namespaces'),
  toAbility('guest-agents', 'guest-routes'),
  toAbility('off-link', 'off-link-probe'),
  toAbility('advertisements', 'advertisements'),
  toAbility('guest-push', 'guest-push'),
]

/** An ability that stands for these probes of the catalogue. */
function toAbility(name: string, ...probes: Probe[]): Granted {
  const facts = probes.flatMap((one) => PROBES.filter((probe) => probe.name === one))
  return {
    name,
    sees: facts.map(({ sees, setting }) => (setting === undefined ? sees : `${sees}, if ${setting} is set`)).join('; '),
    capabilities: [...new Set(facts.flatMap(({ capabilities = [] }) => capabilities))],
    probes,
  }
}

/** The abilities that rights give, by rights: `CAP_A and CAP_B`. */
export const ABILITIES_BY_RIGHTS: ReadonlyMap<string, readonly Granted[]> = Map.groupBy(
  ABILITIES.filter(({ capabilities }) => capabilities.length > 0),
  ({ capabilities }) => capabilities.join(' and '),
)

/**
 * The abilities that a process showed in a report. `capabilities` are its effective capabilities, null if unreadable;
 * `ownNamespace` is the inode of its network namespace; `libvirt` is its access to libvirt's socket.
 */
export function listAbilities(
  capabilities: ReadonlySet<string> | null,
  report: Report,
  ownNamespace: number | null,
  libvirt: ReturnType<typeof readLibvirtAccess> = 'absent',
): Ability[] {
  return [
    ...ABILITIES.map((ability) => judgeAbility(ability, capabilities, report)),
    judgeLibvirt(report, libvirt),
    judgeDiagnosis(report, ownNamespace),
  ]
}

function judgeAbility(
  { probes, ...ability }: Granted,
  capabilities: ReadonlySet<string> | null,
  { runs }: Report,
): Ability {
  const found = (state: Ability['state'], reason: string | null = null, turnOn: string | null = null): Ability => {
    return { ...ability, state, reason, turnOn }
  }
  const missing = ability.capabilities.filter((capability) => !(capabilities?.has(capability) ?? false))
  if (missing.length > 0) {
    const turnOn = `run it as root, or add ${missing.join(' ')} to AmbientCapabilities= and CapabilityBoundingSet= of its unit`
    if (capabilities === null) return found('off', 'the capabilities of this process could not be read', turnOn)
    return found('off', `the process has no ${missing.join(' and no ')}`, turnOn)
  }
  for (const { name, setting } of SWITCHED_PROBES) {
    if (!probes.includes(name)) continue
    const run = runs.find(({ probe }) => probe === name)
    if (run === undefined) return found('untried', `${setting} is not set`, `${setting} in its configuration`)
    if (run.outcome === 'absent') return found('untried', run.error)
  }
  const failed = runs.find(({ probe, outcome }) => outcome === 'failed' && probes.some((one) => one === probe))
  if (failed === undefined) return found('on')
  return found('impaired', failed.error, 'what the reason says; the process has the capabilities')
}

/** libvirt requires a group, not a capability, and may check again by polkit at each call. */
function judgeLibvirt({ routeChecks }: Report, access: ReturnType<typeof readLibvirtAccess>): Ability {
  const ability = { name: 'libvirt', sees: 'the default routes of guests whose agent libvirt holds', capabilities: [] }
  if (access === 'absent') return { ...ability, state: 'untried', reason: 'libvirt does not run here', turnOn: null }
  const refusal = routeChecks.find(({ reason }) => reason?.endsWith(MEMBER) ?? false)?.reason ?? null
  if (access === 'granted' && refusal === null) return { ...ability, state: 'on', reason: null, turnOn: null }
  const turnOn =
    'usermod --append --groups libvirt slashzero-collector, and a restart of the collector; the group has full control of VMs'
  return { ...ability, state: 'off', reason: refusal ?? "the collector may not write to libvirt's socket", turnOn }
}

/**
 * Whether the kernel tells option memory to everybody: the method of the measured sockets shows it, because sock_diag
 * is asked first.
 */
function judgeDiagnosis({ namespaces }: Report, ownNamespace: number | null): Ability {
  const sockets = namespaces
    .filter(({ id }) => id === ownNamespace)
    .flatMap(({ senders }) => senders.flatMap((sender) => sender.sockets))
  const ability = {
    name: 'diagnosed-option-memory',
    sees: 'option memory of every sender in its own network namespace, by sock_diag',
    capabilities: [],
  }
  if (sockets.some(({ method }) => method === 'sock_diag'))
    return { ...ability, state: 'on', reason: null, turnOn: null }
  const turnOn = 'a kernel with the module raw_diag (CONFIG_INET_RAW_DIAG)'
  if (sockets.length === 0)
    return { ...ability, state: 'untried', reason: 'there was no socket to measure', turnOn: null }
  return { ...ability, state: 'off', reason: 'this kernel does not diagnose raw sockets', turnOn }
}
