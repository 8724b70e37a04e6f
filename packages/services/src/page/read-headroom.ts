import type { HeadroomRange, HeadroomSeries } from '@slashzero/contract/page'
import { type HeadroomSource, readHeadroomRows, readHypervisorRecord, readRestarts } from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { toIso } from '../time.ts'
import { toHeadroomSockets } from './to-headroom-sockets.ts'

const HOUR = 3_600_000

/** The source and step of each range: at most 360 points a socket, from the coarsest sufficient history. */
const plans: Record<HeadroomRange, { milliseconds: number; source: HeadroomSource; stepSeconds: number }> = {
  '1h': { milliseconds: HOUR, source: 'sample', stepSeconds: 15 },
  '6h': { milliseconds: 6 * HOUR, source: 'sample', stepSeconds: 60 },
  '24h': { milliseconds: 24 * HOUR, source: 'sample_5m', stepSeconds: 300 },
  '7d': { milliseconds: 7 * 24 * HOUR, source: 'sample_5m', stepSeconds: 1800 },
  '30d': { milliseconds: 30 * 24 * HOUR, source: 'sample_1h', stepSeconds: 7200 },
}

/**
 * The option memory of every sender socket of a hypervisor over a range that ends now. Throws ServiceError `not-found`.
 */
export async function readHeadroom(
  context: ServiceContext,
  { id, range }: { id: string; range: HeadroomRange },
): Promise<HeadroomSeries> {
  authorise(context, 'read')
  const { pool } = context.db
  const { milliseconds, source, stepSeconds } = plans[range]
  const to = context.now()
  const from = to - milliseconds
  const [record, { rows, sockets }, restarts] = await Promise.all([
    readHypervisorRecord(pool, id),
    readHeadroomRows(pool, { hypervisorId: id, source, from, to, stepSeconds }),
    readRestarts(pool, { hypervisorId: id, from, to }),
  ])
  if (record === null) throw new ServiceError('not-found', `There is no hypervisor ${id}.`)
  const shown = toHeadroomSockets(rows, stepSeconds * 1000)
  const daemons = new Map(rows.map((row) => [row.socketKey, row.daemon]))
  return {
    now: toIso(to),
    from: toIso(from),
    to: toIso(to),
    stepSeconds,
    sockets: shown,
    ...(sockets > shown.length && { hidden: sockets - shown.length }),
    restarts: restarts.flatMap(({ at, socketKey }) => {
      const daemon = daemons.get(socketKey)
      return daemon === undefined ? [] : [{ at: toIso(at), daemon }]
    }),
  }
}
