import type { FleetSummary, FleetTotals } from '@slashzero/contract/page'
import { isMute } from '@slashzero/core'
import { readFigures, readFirst, type StatusFigures } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toIso } from '../time.ts'
import { toStatuses } from './list-fleet.ts'
import { toFleetRow } from './to-fleet-row.ts'

/** The state of the whole fleet in constant size. */
export async function readSummary(context: ServiceContext): Promise<FleetSummary> {
  authorise(context, 'read')
  const { pool } = context.db
  const [figures, worst, next] = await Promise.all([
    readFigures(pool),
    readFirst(pool, 'worst'),
    readFirst(pool, 'full'),
  ])
  const totals = addUp(figures)
  return {
    now: toIso(context.now()),
    totals,
    worst: worst && toFleetRow(worst),
    next: next && toFleetRow(next),
    goesDark: toGoesDark(figures),
    watchesNothing: totals.vms === 0 && figures.every(({ status, measured }) => status === 'healthy' && measured === 0),
  }
}

/** The figures of the whole fleet, which open pages follow. */
export async function readTotals(context: ServiceContext): Promise<FleetTotals> {
  authorise(context, 'read')
  return addUp(await readFigures(context.db.pool))
}

function addUp(figures: readonly StatusFigures[]): FleetTotals {
  const sum = (read: (one: StatusFigures) => number) => figures.reduce((all, one) => all + read(one), 0)
  return {
    hypervisors: sum(({ hypervisors }) => hypervisors),
    statuses: toStatuses(new Map(figures.map(({ status, hypervisors }) => [status, hypervisors]))),
    vms: sum(({ vms }) => vms),
    vmsMissing: sum(({ missing }) => missing),
    vmsExpiring: sum(({ expiring }) => expiring),
    vmsUnknown: sum(({ unknown }) => unknown),
    vmsDark: sum(({ dark }) => dark),
    hypervisorsWithMissing: sum(({ hypervisorsWithMissing }) => hypervisorsWithMissing),
  }
}

function toGoesDark(figures: readonly StatusFigures[]): FleetSummary['goesDark'] {
  const mute = figures.filter(({ status }) => isMute(status))
  const firsts = mute.flatMap(({ darkFirstAt }) => darkFirstAt ?? [])
  const lasts = mute.flatMap(({ darkLastAt }) => darkLastAt ?? [])
  if (firsts.length === 0) return null
  const vms = mute.reduce((all, { dark }) => all + dark, 0)
  return { firstAt: toIso(Math.min(...firsts)), lastAt: toIso(Math.max(...lasts)), vms }
}
