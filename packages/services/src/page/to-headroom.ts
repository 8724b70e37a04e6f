import { headroomFigures, type HeadroomFigures } from '@slashzero/contract/rest'
import { tightestSocket } from '@slashzero/core'
import type { SocketHeadroom } from '@slashzero/db'
import { toIsoOrNull } from '../time.ts'

const UNMEASURED = Object.fromEntries(headroomFigures.keyof().options.map((name) => [name, null]))

/** The headroom of a hypervisor, which is that of its tightest socket; null figures without a socket. */
export function toHeadroom(sockets: readonly SocketHeadroom[]): HeadroomFigures & { fullAt: string | null } {
  const socket = tightestSocket(sockets)
  return { ...headroomFigures.parse(socket ?? UNMEASURED), fullAt: toIsoOrNull(socket?.fullAt ?? null) }
}
