import { gzipSync } from 'node:zlib'
import { randomUUID } from 'node:crypto'
import { enrolResponse, ingestResponse, type Report } from '@slashzero/contract/report'
import type { Slashzero } from './start.ts'

type DefaultRoute = Report['routeChecks'][number]['defaultRoute']

/**
 * A VM as a made-up hypervisor reports it; its tap is served, so that only the guest's own word is bad. `offLink` is what the off-link
 * probe found, where there is one; `advertised` when an advertisement was last seen on its tap, in seconds before the report.
 */
export type ReportedVm = {
  name: string
  tap: string
  defaultRoute: DefaultRoute
  offLink?: DefaultRoute
  advertised?: number
}

/** `stale`: memberships of dead interfaces that fill its sender's socket. */
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
  const check = (
    { name, uuid }: { name: string; uuid: string },
    method: 'guest-agent' | 'off-link-probe',
    defaultRoute: DefaultRoute,
  ): Report['routeChecks'][number] => {
    const seen = method === 'guest-agent' && defaultRoute === 'present'
    const lasts = { gateway: seen ? 'fe80::1' : null, expiresInSeconds: seen ? 1800 : null }
    return { vm: { name, uuid }, method, checkedAt: now, defaultRoute, reason: null, ...lasts }
  }
  const named = vms.map((vm, index) => ({ ...vm, uuid: randomUUID(), ifindex: 101 + index }))
  return {
    version: 1,
    sequence: 1,
    observedAt: now,
    sentAt: now,
    host: { ...host, bootId: randomUUID(), kernel: '6.1.0-18-amd64', collectorVersion: '0.1.0', labels: {} },
    membershipBytes: 56,
    namespaces: [
      {
        id: 4_026_531_840,
        name: null,
        optmemMaxBytes: 20_480,
        optmemMaxSource: 'init',
        joinedInterfaces: vms.length,
        senders: [
          {
            daemon: 'radvd',
            version: '2.19',
            pid: 913,
            startedAt: now,
            executableDeleted: false,
            configuration: configurationOf(now, vms),
            sockets: [
              {
                inode: 6813,
                optmemBytes: 56 * (vms.length + stale),
                method: 'sock_diag',
                unmeasuredReason: null,
                staleInterfaceIndexes: Array.from({ length: stale }, (_, index) => 1000 + index),
              },
            ],
          },
        ],
        taps: named.map(({ name, uuid, tap, ifindex, advertised }) => ({
          ifindex,
          name: tap,
          kind: 'tap',
          up: true,
          forwarding: true,
          allRoutersUsers: 2,
          routerSolicitsIn: 1,
          routerAdvertsIn: 0,
          routerAdvertsOut: 9,
          ...(advertised !== undefined && { advertisements: [seenAdvertisement(Date.parse(now) - advertised * 1000)] }),
          vm: { name, uuid, pid: 2000 + ifindex },
        })),
      },
    ],
    routeChecks: [
      ...named.map((vm) => check(vm, 'guest-agent', vm.defaultRoute)),
      ...named.flatMap((vm) => (vm.offLink === undefined ? [] : check(vm, 'off-link-probe', vm.offLink))),
    ],
    runs: [{ probe: 'optmem', outcome: 'ok', milliseconds: 1, error: null }],
  }
}

function seenAdvertisement(
  at: number,
): NonNullable<Report['namespaces'][number]['taps'][number]['advertisements']>[number] {
  return {
    source: 'fe80::1',
    linkAddress: '02:00:00:00:00:01',
    direction: 'sent',
    seenAt: new Date(at).toISOString(),
    routerLifetimeSeconds: 1800,
    sincePreviousSeconds: null,
    prefixes: [],
  }
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
