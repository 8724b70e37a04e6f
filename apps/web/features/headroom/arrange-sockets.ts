import type { HeadroomSeries } from '@slashzero/contract/page'

export type HeadroomSocket = HeadroomSeries['sockets'][number]

/** One sender over time: its successive sockets through restarts, oldest first. */
export type SenderLine = {
  /** The key of its latest socket. */
  readonly key: string
  readonly daemon: string
  readonly namespace: string | null
  readonly pid: number
  readonly sockets: readonly HeadroomSocket[]
}

/**
 * Joins successive sockets of the same daemon and namespace into one line; simultaneous sockets stay apart.
 * A restarted sender has another socket, but an operator looks at one sender.
 */
export function arrangeSockets(sockets: readonly HeadroomSocket[]): readonly SenderLine[] {
  const lines: { sockets: HeadroomSocket[]; end: number }[] = []
  const spans = sockets
    .map((socket) => ({ socket, ...spanOf(socket) }))
    .toSorted((one, other) => one.start - other.start)
  for (const { socket, start, end } of spans) {
    const line = lines
      .filter((candidate) => isSameSender(candidate.sockets[0], socket) && candidate.end <= start)
      .reduce<(typeof lines)[number] | null>((latest, next) => (latest && latest.end > next.end ? latest : next), null)
    if (line) {
      line.sockets.push(socket)
      line.end = end
    } else lines.push({ sockets: [socket], end })
  }
  return lines.flatMap(({ sockets: joined }) => {
    const latest = joined.at(-1)
    return latest ? [{ ...latest, sockets: joined }] : []
  })
}

/** From the first point with a figure to the last; a socket without figures has no extent. */
function spanOf({ points }: HeadroomSocket): { start: number; end: number } {
  const first = points.find(saysAnything) ?? points[0]
  const last = points.findLast(saysAnything) ?? points.at(-1)
  return { start: first ? Date.parse(first.at) : 0, end: last ? Date.parse(last.at) : 0 }
}

function saysAnything(point: HeadroomSocket['points'][number]): boolean {
  return point.optmemBytes !== null || point.optmemMaxBytes !== null
}

function isSameSender(one: HeadroomSocket | undefined, other: HeadroomSocket): boolean {
  return one?.daemon === other.daemon && one.namespace === other.namespace
}
