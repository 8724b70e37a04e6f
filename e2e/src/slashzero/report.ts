import { gzipSync } from 'node:zlib'
import { randomUUID } from 'node:crypto'
import { enrolResponse, ingestResponse, type Report, type RouteCheckReport } from '@slashzero/contract/report'
import {
  buildAdvertisement,
  buildCheck,
  buildNamespace,
  buildReport,
  buildSender,
  buildSocket,
  buildTap,
} from '@slashzero/contract/testing'
import type { Slashzero } from './start.ts'

type DefaultRoute = Report['routeChecks'][number]['defaultRoute']

/**
 * A VM of a made-up hypervisor with a served tap, so only the guest's own answer is bad. `offLink`: result of the
 * off-link probe; `advertised`: age of the tap's last advertisement in seconds before the report.
 */
export type ReportedVm = {
  name: string
  tap: string
  defaultRoute: DefaultRoute
  offLink?: DefaultRoute
  advertised?: number
}

/** `stale`: memberships of deleted interfaces that fill its sender's socket. */
type Sender = { readonly stale: number }

/** Enrols a made-up hypervisor and sends one report of it, as a collector would. */
export async function reportHypervisor(
  slashzero: Slashzero,
  name: string,
  vms: readonly ReportedVm[],
  sender: Sender = { stale: 0 },
): Promise<void> {
  const host = { id: `e2e-${randomUUID()}`, name }
  const token = await slashzero.run('token', 'enrol')
  const enrolled = await post(`${slashzero.url}/ingest/v1/enrol`, token, { host })
  const { credential } = enrolResponse.parse(await enrolled.json())
  const stored = await post(`${slashzero.url}/ingest/v1/reports`, credential, makeReport(host, vms, sender))
  ingestResponse.parse(await stored.json())
}

async function post(url: string, token: string, body: object): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: new Uint8Array(gzipSync(JSON.stringify(body))),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return response
}

function makeReport(host: { id: string; name: string }, vms: readonly ReportedVm[], { stale }: Sender): Report {
  const now = new Date().toISOString()
  const named = vms.map((vm, index) => ({ ...vm, uuid: randomUUID(), ifindex: 101 + index }))
  const socket = buildSocket({
    optmemBytes: 56 * (vms.length + stale),
    method: 'sock_diag',
    staleInterfaceIndexes: Array.from({ length: stale }, (_, index) => 1000 + index),
  })
  const sender = buildSender({ startedAt: now, configuration: configurationOf(now, vms), sockets: [socket] })
  const taps = named.map(({ name, uuid, tap, ifindex, advertised }) =>
    buildTap(ifindex, {
      name: tap,
      routerAdvertsOut: 9,
      ...(advertised !== undefined && { advertisements: [advertisedBefore(now, advertised)] }),
      vm: { name, uuid, pid: 2000 + ifindex },
    }),
  )
  return buildReport(1, {
    observedAt: now,
    host: { ...host, bootId: randomUUID() },
    namespaces: [buildNamespace({ joinedInterfaces: vms.length, senders: [sender], taps })],
    routeChecks: [
      ...named.map((vm) => check(now, vm, 'guest-agent', vm.defaultRoute)),
      ...named.flatMap((vm) => (vm.offLink === undefined ? [] : check(now, vm, 'off-link-probe', vm.offLink))),
    ],
    runs: [{ probe: 'optmem', outcome: 'ok', milliseconds: 1, error: null }],
  })
}

function check(
  checkedAt: string,
  { name, uuid }: { name: string; uuid: string },
  method: 'guest-agent' | 'off-link-probe',
  defaultRoute: DefaultRoute,
): RouteCheckReport {
  const lasts = method === 'guest-agent' && defaultRoute === 'present'
  const gateway = lasts ? 'fe80::1' : null
  const expiresInSeconds = lasts ? 1800 : null
  return buildCheck(0, { vm: { name, uuid }, method, checkedAt, defaultRoute, gateway, expiresInSeconds })
}

function advertisedBefore(now: string, seconds: number) {
  return buildAdvertisement({ seenAt: new Date(Date.parse(now) - seconds * 1000).toISOString() })
}

function configurationOf(
  now: string,
  vms: readonly ReportedVm[],
): Report['namespaces'][number]['senders'][number]['configuration'] {
  const said = {
    sendsAdverts: true,
    unicastOnly: false,
    minIntervalSeconds: 200,
    maxIntervalSeconds: 600,
    routerLifetimeSeconds: 1800,
    prefixes: [],
  }
  return {
    path: '/etc/radvd.conf',
    readAt: now,
    changedAt: now,
    newerThanProcess: false,
    interfaces: vms.map(({ tap }) => ({ name: tap, ...said })),
  }
}
