import {
  HEADROOM_RANGES,
  type HeadroomRange,
  type HeadroomSeries,
  type HypervisorSender,
} from '@slashzero/contract/page'
import { tightestSocket } from '@slashzero/core'
import type { SenderLine } from './arrange-sockets.ts'

/** The range in the URL; null if the URL names none. */
export function readRange(params: URLSearchParams): HeadroomRange | null {
  return HEADROOM_RANGES.find((range) => range === params.get('range')) ?? null
}

/** The shortest range that shows all figures of the last day; a day until they are known. */
export function fitRange(day: HeadroomSeries | undefined): HeadroomRange {
  const times =
    day?.sockets.flatMap(({ points }) =>
      points.filter(({ optmemBytes }) => optmemBytes !== null).map(({ at }) => Date.parse(at)),
    ) ?? []
  if (day === undefined || times.length === 0) return '24h'
  const age = Date.parse(day.to) - Math.min(...times)
  if (age < HOUR) return '1h'
  return age < 6 * HOUR ? '6h' : '24h'
}

const HOUR = 3_600_000

/**
 * The line to show: the URL's choice by any of its sockets, otherwise the line of the tightest socket, otherwise the
 * last.
 */
export function chooseLine(
  lines: readonly SenderLine[],
  wanted: string | null,
  senders: readonly HypervisorSender[],
): SenderLine | null {
  const byKey = (key: string | undefined | null) =>
    lines.find((line) => line.sockets.some((socket) => socket.key === key))
  return byKey(wanted) ?? byKey(tightestSocket(senders)?.key) ?? lines.at(-1) ?? null
}

/** The name of a line among several. */
export function nameLine({ daemon, pid, namespace, key }: SenderLine): string {
  return `${daemon} in ${namespace ?? 'the host'}, pid ${pid}, socket ${key.split(':').at(-1) ?? key}`
}
