import type { FleetSummary, FleetTotals, HypervisorPatch, LiveChange } from '@slashzero/contract/page'

type Patches = ReadonlyMap<string, HypervisorPatch>

/** The patches of a change by hypervisor. */
export function patchesOf({ hypervisors = [] }: LiveChange): Patches {
  return new Map(hypervisors.map((patch) => [patch.id, patch]))
}

/** A list of hypervisors with the patches applied; the same list if none concerns it. */
export function patchRows<Row extends { readonly id: string }>(rows: readonly Row[], patches: Patches): readonly Row[] {
  return rows.some(({ id }) => patches.has(id)) ? rows.map((row) => patchRow(row, patches.get(row.id))) : rows
}

/** A hypervisor with its new figures and verdict. Fields that this view of the hypervisor lacks stay out. */
export function patchRow<Row extends { readonly id: string }>(row: Row, patch: HypervisorPatch | undefined): Row {
  if (!patch) return row
  return Object.assign({}, row, Object.fromEntries(Object.entries(patch).filter(([field]) => field in row)))
}

/** The fleet's answer with what the stream tells of it. */
export function patchSummary(summary: FleetSummary, change: LiveChange): FleetSummary {
  const patches = patchesOf(change)
  const { worst, next } = summary
  return {
    ...summary,
    now: change.now,
    totals: change.totals ?? summary.totals,
    worst: worst && patchRow(worst, patches.get(worst.id)),
    next: next && patchRow(next, patches.get(next.id)),
  }
}

/**
 * Whether other hypervisors or VMs may stand in the lists and in the fleet's answer now.
 * @param before the figures on show; undefined if the page shows none, so that any news of them counts
 */
export function movesLists(before: FleetTotals | undefined, { hypervisors, totals, reread }: LiveChange): boolean {
  if (reread === true || hypervisors?.some(({ verdict }) => verdict)) return true
  return totals !== undefined && JSON.stringify(before) !== JSON.stringify(totals)
}
