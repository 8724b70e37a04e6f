import {
  type HypervisorHead,
  type SendersPage,
  type SendersQuery,
  tapsPage,
  type TapsPage,
  type TapsQuery,
} from '@slashzero/contract/page'
import { tapStatus } from '@slashzero/contract/rest'
import {
  countTaps,
  type HypervisorRecord,
  readHypervisorRecord,
  readSocketPage,
  readTapPage,
  socketOrder,
  tapOrder,
} from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { toHypervisorFacts, toSenderDetail, toTapResource } from '../rest/to-hypervisor-resource.ts'
import { toIso } from '../time.ts'
import { cutPage, readPosition } from './cursor.ts'
import { toHeadroom } from './to-fleet-row.ts'

/** A hypervisor without its senders, taps and VMs. Throws ServiceError `not-found`. */
export async function readHead(context: ServiceContext, { id }: { id: string }): Promise<HypervisorHead> {
  authorise(context, 'read')
  const record = await requireRecord(context, id)
  return { ...toHypervisorFacts(record), ...toHeadroom(record), now: toIso(context.now()) }
}

/** One page of a hypervisor's sender sockets. Throws ServiceError `not-found`, or `invalid` for a foreign cursor. */
export async function listSenders(context: ServiceContext, query: SendersQuery): Promise<SendersPage> {
  authorise(context, 'read')
  const { id, limit, cursor } = query
  const list = { name: 'senders', filter: { id }, order: socketOrder }
  const after = readPosition(list, cursor)
  const record = await requireRecord(context, id)
  const { rows, total } = await readSocketPage(context.db.pool, { id, limit: limit + 1 }, after)
  const { shown, nextCursor } = cutPage(list, rows, limit)
  return {
    now: toIso(context.now()),
    total,
    items: shown.map(({ row }) => toSenderDetail(row, record)),
    nextCursor,
  }
}

/** One page of a hypervisor's taps. Throws ServiceError `not-found`, or `invalid` for a foreign cursor. */
export async function listTaps(context: ServiceContext, query: TapsQuery): Promise<TapsPage> {
  authorise(context, 'read')
  const { pool } = context.db
  const { id, status, limit, cursor } = query
  const list = { name: 'taps', filter: { id, status }, order: tapOrder }
  const after = readPosition(list, cursor)
  const [counts, rows] = await Promise.all([
    countTaps(pool, id),
    readTapPage(pool, { ...query, limit: limit + 1 }, after),
    requireRecord(context, id),
  ])
  const { shown, nextCursor } = cutPage(list, rows, limit)
  const statuses = Object.fromEntries(tapStatus.options.map((one) => [one, counts.get(one) ?? 0]))
  return {
    now: toIso(context.now()),
    statuses: tapsPage.shape.statuses.parse(statuses),
    items: shown.map(({ row }) => toTapResource(row)),
    nextCursor,
  }
}

async function requireRecord({ db }: ServiceContext, id: string): Promise<HypervisorRecord> {
  const record = await readHypervisorRecord(db.pool, id)
  if (record === null) throw new ServiceError('not-found', `There is no hypervisor ${id}.`)
  return record
}
