import type { Report } from '@slashzero/contract/report'
import { nameSocket } from '../socket/describe-socket.ts'
import type { HypervisorState, Senderless, TapState, VmState } from '../state.ts'
import type { Abandoned } from './judge-hypervisor.ts'
import { readUnread } from '../report/read-failures.ts'

/** A restarted sender is back within seconds. */
const RESTART_GRACE = 10_000

/**
 * The namespaces with taps and without a sender, and the sender that ran there before. `previous`: the state of the
 * same boot. A pass that could not read senders changes nothing.
 */
export function followSenderless(
  previous: HypervisorState | null,
  report: Report,
  isReadable: boolean,
  at: number,
): Senderless[] {
  const known = previous?.memory.senderless ?? []
  if (!isReadable) return [...known]
  const unread = readUnread(report)
  const before = new Map(known.map((place) => [place.namespaceId, place]))
  const sockets = new Map((previous?.sockets ?? []).map((socket) => [socket.namespaceId, socket]))
  const kept = known.filter(({ namespaceId }) => unread.has(namespaceId))
  const empty = report.namespaces.filter(
    ({ id, senders, taps }) => senders.length === 0 && taps.length > 0 && !unread.has(id),
  )
  return [
    ...kept,
    ...empty.map(({ id }): Senderless => {
      const socket = sockets.get(id)
      return before.get(id) ?? { namespaceId: id, since: at, sender: socket ? nameSocket(socket) : null }
    }),
  ]
}

/** The taps of running VMs without a sender that had or need a sender; null without such taps. */
export function findAbandoned(
  taps: readonly TapState[],
  vms: readonly VmState[],
  senderless: readonly Senderless[],
  at: number,
): Abandoned | null {
  const without = taps.filter(({ status, vmKey }) => status === 'no-sender' && vmKey !== null)
  if (without.length === 0) return null
  const places = new Map(senderless.map((place) => [place.namespaceId, place]))
  const missing = new Set(vms.filter(({ route }) => route.status === 'missing').map(({ key }) => key))
  const hasGone = (tap: TapState): boolean => {
    const place = places.get(tap.namespaceId)
    return place?.sender ? at - place.since >= RESTART_GRACE : (tap.routerAdvertsOut ?? 0) > 0
  }
  const isDark = ({ vmKey }: TapState) => vmKey !== null && missing.has(vmKey)
  const abandoned = without.filter((tap) => hasGone(tap) || isDark(tap))
  if (abandoned.length === 0) return null
  const sender = abandoned.map(({ namespaceId }) => places.get(namespaceId)).find((place) => place?.sender)
  return {
    taps: abandoned.length,
    advertised: abandoned.filter(({ routerAdvertsOut }) => (routerAdvertsOut ?? 0) > 0).length,
    missing: new Set(abandoned.filter(isDark).map(({ vmKey }) => vmKey)).size,
    sender: sender?.sender ? { name: sender.sender, since: sender.since } : null,
  }
}
