import type { Report } from '@slashzero/contract/report'

/** A time series of a metrics store with its newest value. `labels` in the order of their names. */
export type Series = { readonly labels: readonly (readonly [name: string, value: string])[]; readonly value: number }

const ROUTES = ['unknown', 'absent', 'expired', 'present']

/** The facts that `write-plain-rows` stores as rows, as series. Null and missing facts have no sample. */
export function toSeries(report: Report): readonly Series[] {
  const host = report.host.name
  const made: Series[] = []
  const add = (name: string, value: number | null | undefined, labels: Record<string, string>) => {
    if (value === null || value === undefined) return
    const all = { __name__: `slashzero_${name}`, host, ...labels }
    made.push({ labels: Object.entries(all).toSorted(([one], [other]) => (one < other ? -1 : 1)), value })
  }
  for (const { senders, taps, optmemMaxBytes } of report.namespaces) {
    for (const { inode, optmemBytes, staleInterfaceIndexes } of senders.flatMap(({ sockets }) => sockets)) {
      const labels = { inode: String(inode) }
      add('socket_optmem_bytes', optmemBytes, labels)
      add('socket_optmem_max_bytes', optmemMaxBytes, labels)
      add('socket_stale_memberships', staleInterfaceIndexes?.length, labels)
    }
    for (const tap of taps) {
      const labels = { tap: tap.name, ifindex: String(tap.ifindex), vm: tap.vm?.name ?? '', uuid: tap.vm?.uuid ?? '' }
      add('tap_up', Number(tap.up), labels)
      add('tap_forwarding', tap.forwarding === null ? null : Number(tap.forwarding), labels)
      add('tap_all_routers_users', tap.allRoutersUsers, labels)
      add('tap_router_solicits_in', tap.routerSolicitsIn, labels)
      add('tap_router_adverts_in', tap.routerAdvertsIn, labels)
      add('tap_router_adverts_out', tap.routerAdvertsOut, labels)
    }
  }
  for (const { vm, defaultRoute, gateway, expiresInSeconds } of report.routeChecks) {
    const labels = { vm: vm.name, uuid: vm.uuid ?? '' }
    add('vm_default_route', ROUTES.indexOf(defaultRoute), { ...labels, gateway: gateway ?? '' })
    add('vm_default_route_expires_seconds', expiresInSeconds, labels)
  }
  return made
}

/**
 * The body of a remote write, version 1: a protobuf `prometheus.WriteRequest` in snappy's block format. In: the time of
 * all samples in milliseconds since the epoch. The block holds only literals, so a receiver unpacks it at no cost.
 */
export function encodeRemoteWrite(series: readonly Series[], at: number): Buffer {
  return packLiterals(Buffer.concat(series.map((one) => delimited(FIELD_1, encodeSeries(one, at)))))
}

// prompb/types.proto. A key is the number of the field, times 8, plus its wire type.
const FIELD_1 = 0x0a
const FIELD_2 = 0x12
const VALUE_AS_DOUBLE = 0x09
const TIMESTAMP_AS_VARINT = 0x10

function encodeSeries({ labels, value }: Series, at: number): Buffer {
  const sample = Buffer.alloc(9)
  sample.writeUInt8(VALUE_AS_DOUBLE)
  sample.writeDoubleLE(value, 1)
  const time = Buffer.from([TIMESTAMP_AS_VARINT, ...varint(at)])
  return Buffer.concat([...labels.map(encodeLabel), delimited(FIELD_2, Buffer.concat([sample, time]))])
}

function encodeLabel([name, value]: readonly [string, string]): Buffer {
  const pair = Buffer.concat([delimited(FIELD_1, Buffer.from(name)), delimited(FIELD_2, Buffer.from(value))])
  return delimited(FIELD_1, pair)
}

function delimited(key: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([key, ...varint(bytes.length)]), bytes])
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let left = value
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128)
  return [...bytes, left]
}

const MAX_LITERAL = 65_536
/** A literal whose length, less one, follows in two bytes: tag 61 of format_description.txt in google/snappy. */
const LITERAL = 61 * 4

function packLiterals(bytes: Buffer<ArrayBuffer>): Buffer {
  const parts: Buffer[] = [Buffer.from(varint(bytes.length))]
  for (let from = 0; from < bytes.length; from += MAX_LITERAL) {
    const literal = bytes.subarray(from, from + MAX_LITERAL)
    parts.push(Buffer.from([LITERAL, (literal.length - 1) % 256, Math.floor((literal.length - 1) / 256)]), literal)
  }
  return Buffer.concat(parts)
}
