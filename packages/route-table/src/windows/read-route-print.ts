import { decideDefaultRoute, describeLine } from '../default-route.ts'
import type { Candidate, DefaultRoute } from '../default-route.ts'
import { isPrefix, readAddress } from '../read-address.ts'
import { createTunnelFinder, describeTunnel } from './find-tunnel.ts'
import type { TunnelFinder, WindowsRoute } from './find-tunnel.ts'

type Row = {
  index: number
  line: string
  interfaceId: string
  metric: number
  destination: string
  gateway: string | null
}

/**
 * Reads `route print [-6]` of Windows in any language by the shape of its rows; a gateway may be on the next line, or
 * be text for on-link. Active routes end before other lines. No lifetime, no origin; Windows's own tunnels are ignored.
 */
export function readRoutePrint(text: string): DefaultRoute {
  const lines = text.replaceAll('\r', '').split('\n')
  const rows: Row[] = []
  let failure: string | null = null
  let ended = false
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const row = readRow(index, line)
    const last = rows.at(-1)
    if (row !== null && !ended) rows.push(row)
    else if (row === null && last?.gateway === null && isContinuation(line)) last.gateway = line.trim()
    else if (row === null && looksLikeRow(line)) failure ??= describeLine(index, line, 'is not a route')
    else if (rows.length > 0) ended = true
  }
  const cut = rows.find((row) => row.gateway === null)
  if (cut !== undefined) failure ??= describeLine(cut.index, cut.line, 'has no gateway')
  const defaults = rows.filter((row) => row.gateway !== null && /^[0:]+\/0$/.test(row.destination))
  // The default route comes first, so the row of the loopback is proof; without an end the table may be cut off.
  const proof = ended && rows.some((row) => row.destination === '::1/128')
  const findTunnel = createTunnelFinder(rows.map(toRoute))
  return decideDefaultRoute(
    defaults.map((row) => toCandidate(row, findTunnel)),
    { proof, failure },
  )
}

function readRow(index: number, line: string): Row | null {
  const [, number, metric, destination = '', gateway] = /^(\d+)\s+(\d+)\s+(\S+)(?:\s+(\S.*))?$/.exec(line.trim()) ?? []
  // Interface 0 marks a persistent route.
  if (number === undefined || Number(number) === 0 || !isPrefix(destination)) return null
  return { index, line, interfaceId: number, metric: Number(metric), destination, gateway: gateway ?? null }
}

/** A line with only a gateway: indented, without a prefix and without a ruler of `=`. */
function isContinuation(line: string): boolean {
  return /^\s+\S/.test(line) && !/^\s*\d+\s+\d+\s/.test(line) && !/\/\d|={3}/.test(line)
}

/** A line that is not a row, but begins or continues as only a row does. Rows of interface 0 are persistent routes. */
function looksLikeRow(line: string): boolean {
  if (/^\s*0\s+\d+\s/.test(line)) return false
  return /^\s*\d+\s+\d+\s+\S/.test(line) || /:[0-9a-f:]{0,45}\/\d/i.test(line)
}

function toRoute({ interfaceId, destination, gateway }: Row): WindowsRoute {
  return { interfaceId, prefix: destination, gateway: readAddress(gateway ?? '') }
}

function toCandidate(row: Row, findTunnel: TunnelFinder): Candidate {
  const cell = row.gateway ?? ''
  const gateway = readAddress(cell)
  const facts = { gateway, interfaceName: null, origin: null, expiresInSeconds: null, order: 0, metric: row.metric }
  const tunnel = findTunnel(toRoute(row))
  if (tunnel !== null) return { ...facts, state: 'unused', reason: describeTunnel(tunnel) }
  const garbled = gateway === null && /:[0-9a-f]{0,4}:/i.test(cell)
  return {
    ...facts,
    state: 'present',
    reason: garbled ? describeLine(row.index, row.line, 'has a garbled gateway') : null,
  }
}
