import type { FleetRow, FleetSummary, FleetTotals } from '@slashzero/contract/page'

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

const NONE: FleetTotals = {
  hypervisors: 3,
  statuses: {
    healthy: 3,
    'not-measurable': 0,
    leaking: 0,
    'at-risk': 0,
    silent: 0,
    'joins-blocked': 0,
    'no-sender': 0,
    'sends-blocked': 0,
  },
  vms: 0,
  vmsMissing: 0,
  vmsExpiring: 0,
  vmsUnknown: 0,
  vmsDark: 0,
  hypervisorsWithMissing: 0,
}

/** The answer of a fleet of three healthy hypervisors without VMs. `statuses`: those that differ. */
export function summary(
  { statuses, ...totals }: Partial<Omit<FleetTotals, 'statuses'>> & { statuses?: Partial<FleetTotals['statuses']> },
  change: Partial<FleetSummary> = {},
): FleetSummary {
  return {
    now: '2026-03-03T03:26:00Z',
    totals: { ...NONE, ...totals, statuses: { ...NONE.statuses, ...statuses } },
    worst: null,
    next: null,
    goesDark: null,
    watchesNothing: false,
    ...change,
  }
}
