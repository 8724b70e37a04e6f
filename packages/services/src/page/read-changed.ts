import type { HypervisorPatch } from '@slashzero/contract/page'
import { readHypervisorsById } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { toIsoOrNull } from '../time.ts'
import { toFleetRow } from './to-fleet-row.ts'

/** What open pages show of these hypervisors now, by id. Removed hypervisors are absent. */
export async function readChanged(
  context: ServiceContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Omit<HypervisorPatch, 'verdict'>>> {
  authorise(context, 'read')
  const records = await readHypervisorsById(context.db.pool, ids)
  return new Map(
    records.map((record) => {
      const { name: _name, demo: _demo, labels: _labels, collectorVersion: _version, ...shown } = toFleetRow(record)
      return [record.id, { ...shown, observedAt: toIsoOrNull(record.observedAt) }]
    }),
  )
}
