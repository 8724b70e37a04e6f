import type { Fleet, FleetRow } from '@slashzero/contract/page'

/** A healthy hypervisor. */
export function row(change: Partial<FleetRow>): FleetRow {
  return {
    id: 'hv_1',
    name: 'hv-1',
    demo: false,
    labels: {},
    collectorVersion: '0.1.0',
    status: 'healthy',
    statusReason: '200 joins left',
    statusSince: '2026-03-03T03:12:00Z',
    lastSeenAt: '2026-03-03T03:25:50Z',
    optmemBytes: 5600,
    optmemMaxBytes: 20_480,
    joinsLeft: 265,
    memberships: 100,
    staleMemberships: 25,
    fullAt: null,
    goesDark: null,
    vms: { total: 40, missing: 0, unknown: 0 },
    ...change,
  }
}

/** A fleet of three hypervisors without VMs. */
export function fleet(totals: Partial<Fleet['totals']>, hypervisors: FleetRow[] = []): Fleet {
  const none = { hypervisors: 3, demoHypervisors: 0, vms: 0, vmsMissing: 0, vmsUnknown: 0, hypervisorsWithMissing: 0 }
  return { now: '2026-03-03T03:26:00Z', totals: { ...none, ...totals }, hypervisors }
}
