import type { HypervisorDetail, HypervisorSender } from '@slashzero/contract/page'
import { tightestSocket } from '@slashzero/core'
import {
  readDarkRanges,
  readHypervisorRecord,
  readSockets,
  readTaps,
  readVms,
  type HypervisorRecord,
  type SocketSummary,
} from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { blockedIds, toFleetRow } from './read-fleet.ts'
import { toIso, toIsoOrNull } from '../time.ts'
import { toDashboardVm } from './to-dashboard-vm.ts'
import { toSenderResource } from '../rest/to-hypervisor-resource.ts'
import { toTap } from './to-tap.ts'

/** All of one hypervisor: senders, taps, VMs (worst first), failed probes. Throws ServiceError `not-found`. */
export async function readHypervisor(context: ServiceContext, { id }: { id: string }): Promise<HypervisorDetail> {
  authorise(context, 'read')
  const { pool } = context.db
  const vmQuery = { hypervisor: id, sort: 'status', descending: false, offset: 0, limit: null } as const
  const [record, socketsById, taps, vms] = await Promise.all([
    readHypervisorRecord(pool, id),
    readSockets(pool, [id]),
    readTaps(pool, id),
    readVms(pool, vmQuery),
  ])
  if (record === null) throw new ServiceError('not-found', `There is no hypervisor ${id}.`)
  const sockets = socketsById.get(id) ?? []
  const dark = (await readDarkRanges(pool, blockedIds([record]))).get(id)
  const {
    optmemBytes: _used,
    optmemMaxBytes: _limit,
    memberships: _all,
    ...row
  } = toFleetRow(record, tightestSocket(sockets), dark)
  return {
    ...row,
    now: toIso(context.now()),
    observedAt: toIsoOrNull(record.observedAt),
    hostId: record.hostId,
    kernel: record.kernel,
    membershipBytes: record.membershipBytes,
    clockSkewMilliseconds: record.clockSkew,
    senders: sockets.map((socket) => toSender(socket, record)),
    taps: taps.map(toTap),
    vmRows: vms.map(toDashboardVm),
    runs: [...record.runs],
    probes: record.probes && [...record.probes],
  }
}

function toSender(socket: SocketSummary, { membershipBytes, configurations }: HypervisorRecord): HypervisorSender {
  const configured = configurations.find(
    (one) => one.pid === socket.pid && socket.key.startsWith(`${one.namespaceId}:`),
  )
  return {
    ...toSenderResource(socket, membershipBytes),
    configuration: configured?.summary ?? null,
    fullAt: toIsoOrNull(socket.fullAt),
  }
}
