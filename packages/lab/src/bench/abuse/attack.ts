import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { ENROL_PATH, type Report, REPORTS_PATH } from '@slashzero/contract/report'
import { exchange } from '../exchange.ts'

/** A host with a credential that turned against the server. */
export type HostileHost = {
  readonly server: string
  readonly credential: string
  /** An honest report of this host, from which the attacks are made. */
  readonly report: Report
  /** The uuid and name of a VM of an honest host. */
  readonly prize: { readonly name: string; readonly uuid: string | null }
}

/** Runs until `signal` aborts and counts the answers by status. */
export type Attack = (host: HostileHost, signal: AbortSignal, count: (status: number) => void) => Promise<void>

const PUSH = '/ingest/v1/routes?format=linux'

/** Each of the four hostile hosts runs one. */
export const attacks: readonly { readonly name: string; readonly attack: Attack }[] = [
  { name: 'slow bodies', attack: holdSlowBodies },
  { name: 'bombs', attack: (host, signal, count) => repeat(8, signal, (nth) => sendBomb(host, nth).then(count)) },
  { name: 'wrong tokens', attack: (host, signal, count) => repeat(8, signal, (nth) => guess(host, nth).then(count)) },
  {
    name: 'other days and labels',
    attack: (host, signal, count) => repeat(4, signal, (nth) => bloat(host, nth).then(count)),
  },
]

/**
 * 256 bodies of one credential and 64 of an invented token, a byte a second, each opened again when the server ends it.
 */
async function holdSlowBodies(
  { server, credential }: HostileHost,
  signal: AbortSignal,
  count: (status: number) => void,
) {
  const hold = async (path: string, token: string) => {
    while (!signal.aborted) {
      count(await trickle(new URL(path, server), token, signal))
      await wait(1000, signal)
    }
  }
  await Promise.all([
    ...Array.from({ length: 256 }, () => hold(REPORTS_PATH, credential)),
    ...Array.from({ length: 64 }, () => hold(ENROL_PATH, 'sz_enrol_invented')),
  ])
}

/** Sends a body a byte a second until the server ends it; resolves to the status, or to 0 without an answer. */
function trickle(url: URL, token: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': 10_000 }
    const sent = request(url, { method: 'POST', headers, signal, agent: false }, (response) => {
      response.resume()
      end(response.statusCode ?? 0)
    })
    const timer = setInterval(() => sent.write(' '), 1000)
    const end = (status: number) => {
      clearInterval(timer)
      sent.destroy()
      resolve(status)
    }
    sent.on('error', () => end(0))
    sent.flushHeaders()
  })
}

const times = <Thing>(length: number, make: (nth: number) => Thing) => Array.from({ length }, (_, nth) => make(nth))

/** Small bodies that become large: each is refused, or costs what an ordinary report costs. */
const BOMBS = [
  `[${'[],'.repeat(2_600_000)}[]]`,
  `[${'0,'.repeat(4_000_000)}0]`,
  `{${times(500_000, (nth) => `"k${nth}":0`).join(',')}}`,
  `{${times(120_000, (nth) => `"k${nth}":0`).join(',')}}`,
  '['.repeat(8_000_000),
  JSON.stringify('\u202e'.repeat(2_700_000)),
  ' '.repeat(64 * 1024 * 1024),
  `{"version":1,"namespaces":[${times(60, () => `{"taps":[${'{},'.repeat(1900)}{}]}`).join(',')}]}`,
].map((text) => gzipSync(text))

async function sendBomb({ server, credential }: HostileHost, nth: number): Promise<number> {
  return post(server, REPORTS_PATH, credential, BOMBS[nth % BOMBS.length])
}

async function guess({ server, report }: HostileHost, nth: number): Promise<number> {
  const path = [REPORTS_PATH, ENROL_PATH, PUSH][nth % 3] ?? REPORTS_PATH
  return post(server, path, `sz_host_wrong${nth}`, gzipSync(JSON.stringify(report)))
}

const DAY = 86_400_000

/**
 * Turns through: checks of 4,000 days on VMs of ever other names, 60,000 labels, all taps changed, a stolen VM, and
 * as many sockets and checks as a report may hold.
 */
async function bloat({ server, credential, report, prize }: HostileHost, nth: number): Promise<number> {
  const now = Date.now()
  const at = new Date(now).toISOString()
  const check = { method: 'pushed', defaultRoute: 'present', reason: null, gateway: 'fe80::1' } as const
  const days = times(4000, (day) => ({
    ...check,
    vm: { name: `vm-${nth}-${day}`, uuid: null },
    checkedAt: new Date(now - day * DAY).toISOString(),
    expiresInSeconds: 4_000_000_000,
  }))
  const strangers = times(7900, (vm) => ({
    ...check,
    vm: { name: `vm-${nth}-${vm}`, uuid: null },
    checkedAt: at,
    expiresInSeconds: 1800,
  }))
  const stolen = { ...check, vm: prize, checkedAt: at, expiresInSeconds: 1800 }
  const forwarding = nth % 10 < 5
  const namespaces = report.namespaces.map((namespace) => ({
    ...namespace,
    taps: namespace.taps.map((tap) => ({ ...tap, up: forwarding, forwarding })),
  }))
  const labels = Object.fromEntries(times(60_000, (label) => [`label-${label}`, 'x']))
  const changed = [
    { ...report, routeChecks: days },
    { ...report, host: { ...report.host, labels } },
    { ...report, namespaces },
    { ...report, routeChecks: [...report.routeChecks, stolen] },
    { ...report, namespaces: crowd(report, nth), routeChecks: strangers },
  ][nth % 5]
  const body = { ...changed, sequence: report.sequence + 1 + nth, observedAt: at, sentAt: at }
  return post(server, REPORTS_PATH, credential, gzipSync(JSON.stringify(body), { level: 1 }))
}

/** 25 namespaces with 60 sockets each that no report had before. */
function crowd({ namespaces }: Report, nth: number) {
  return namespaces.slice(0, 1).flatMap((namespace) =>
    namespace.senders.slice(0, 1).flatMap((sender) =>
      sender.sockets.slice(0, 1).flatMap((socket) =>
        times(25, (id) => {
          const inode = 1 + nth * 1500 + id * 60
          const sockets = times(60, (more) => ({ ...socket, inode: inode + more, staleInterfaceIndexes: [] }))
          return {
            ...namespace,
            id: id + 1,
            taps: [],
            senders: [{ ...sender, pid: id + 1, configuration: null, joinedListeners: null, sockets }],
          }
        }),
      ),
    ),
  )
}

const agent = new Agent({ keepAlive: true })

async function post(server: string, path: string, token: string, body: Buffer | undefined): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-encoding': 'gzip' }
  const sent = body === undefined ? {} : { body }
  return exchange(agent, new URL(path, server), { method: 'POST', headers, ...sent }).then(
    ({ status }) => status,
    () => 0,
  )
}

/** Runs `work` so many times at once, again and again. The pause leaves the machine to the server. */
async function repeat(atOnce: number, signal: AbortSignal, work: (nth: number) => Promise<unknown>): Promise<void> {
  let nth = 0
  const loop = async () => {
    while (!signal.aborted) {
      await work(nth++)
      await wait(100, signal)
    }
  }
  await Promise.all(times(atOnce, loop))
}

/** Ends early, and without an error, when the signal aborts. */
export async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined)
}
