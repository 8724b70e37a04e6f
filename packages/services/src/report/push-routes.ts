import { PUSH_REFUSALS, toReason } from '@slashzero/contract/report'
import { describePushed, PUSHED_FORMATS, readPushedTable } from '@slashzero/route-table'
import type { GuestActor } from '../context.ts'
import { ServiceError } from '../error.ts'
import type { Ingest } from './ingest.ts'

/**
 * Reads a guest's route output and stores only the default route. Resolves, when durable, to a line for the guest.
 * `receivedAt`: milliseconds. Throws ServiceError as `Ingest.push` does, and `invalid` for an unknown format.
 */
export async function pushRoutes(
  ingest: Pick<Ingest, 'push'>,
  actor: GuestActor,
  { format, table, receivedAt }: { readonly format: string; readonly table: Uint8Array; readonly receivedAt: number },
): Promise<string> {
  const route = readPushedTable(format, table)
  if (route === null) throw new ServiceError('invalid', PUSH_REFUSALS.unknownFormat(PUSHED_FORMATS))
  const { state, reason, gateway, expiresInSeconds } = route
  const visible = reason === null ? null : toReason(reason)
  await ingest.push(actor, { defaultRoute: state, reason: visible, gateway, expiresInSeconds }, receivedAt)
  return describePushed({ ...route, reason: visible })
}
