import { countVms, type HypervisorState, tightestSocket, type VmState } from '@slashzero/core'
import type { HostFacts, Listed } from '../tables/hypervisor.ts'

/** What lists show, sort and count of a hypervisor, so that no list reads its sockets and VMs. */
export function toListed({ sockets, vms }: HypervisorState): Listed {
  const { total, missing, expiring, unknown, dark } = countVms(vms)
  const tightest = tightestSocket(sockets)
  return {
    vmsTotal: total,
    vmsMissing: missing,
    vmsExpiring: expiring,
    vmsUnknown: unknown,
    vmsDark: dark?.vms ?? 0,
    darkFirstAt: dark?.firstAt ?? null,
    darkLastAt: dark?.lastAt ?? null,
    optmemBytes: tightest?.optmemBytes ?? null,
    optmemMaxBytes: tightest?.optmemMaxBytes ?? null,
    memberships: tightest?.memberships ?? null,
    staleMemberships: tightest?.staleMemberships ?? null,
    joinsLeft: tightest?.joinsLeft ?? null,
    fullAt: tightest?.fullAt ?? null,
  }
}

/** The text in which a search finds a hypervisor: one line for each name, in lower case. */
export function toHostSearch(
  { name, kernel, collectorVersion, labels }: Pick<HostFacts, 'name' | 'kernel' | 'collectorVersion' | 'labels'>,
  { sockets }: Pick<HypervisorState, 'sockets'>,
): string {
  const senders = sockets.map(({ daemon, version }) => (version === null ? daemon : `${daemon} ${version}`))
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`)
  return toLines([name, kernel, `collector=${collectorVersion}`, ...pairs, ...new Set(senders)])
}

/** The text in which a search finds a VM. `taps`: the names of the hypervisor's taps by key. */
export function toVmSearch({ name, uuid, tapKeys, route }: VmState, taps: ReadonlyMap<string, string>): string {
  return toLines([name, uuid, route.gateway, ...tapKeys.map((key) => taps.get(key) ?? null)])
}

function toLines(texts: readonly (string | null)[]): string {
  return texts
    .filter((text) => text !== null)
    .join('\n')
    .toLowerCase()
}
