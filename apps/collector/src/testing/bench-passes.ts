// Makes passes over this machine back to back: `node bench.ts PASSES LINES [SERVER STATE-DIR]`. Prints so many lines of JSON at even
// distances, each with what the passes since the line before cost. With a server, every report is sent to it. With --expose-gc, memory is
// read after garbage was collected.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '@slashzero/contract/report'
import { checkRoutes } from '../command/check-routes.ts'
import { log } from '../command/write-log.ts'
import { createGuestRouteChecker } from '../route-checks/guest-agent/create-guest-route-checker.ts'
import { readHost } from '../host/read-host.ts'
import { openKernel } from '../io/open-kernel.ts'
import { createPass } from '../pass/create-pass.ts'
import { createPusher } from '../deliver/create-delivery.ts'

const [, , passes, lines, server, stateDir = ''] = process.argv
const clock = () => performance.now()
const kernel = openKernel()
const host = readHost(kernel, 'bench', {})
const checker = createGuestRouteChecker({ deadlineMilliseconds: 5000, now: Date.now })
const pass = createPass({
  kernel,
  host,
  checkRoutes: checkRoutes(checker, new Map()),
  now: Date.now,
  steady: Date.now,
  clock,
  questions: 1000,
})
const pusher =
  server === undefined ? null : createPusher({ server, serverCa: null, enrolmentToken: 'bench', stateDir, host, log })

const distance = Math.max(1, Math.floor(Number(passes) / Number(lines)))
let before = process.cpuUsage()
for (let count = 1; count <= Number(passes); count += 1) {
  const report = await pass()
  pusher?.enqueue(report)
  while ((pusher?.status().spooledReports ?? 0) > 50) await sleep(1)
  if (count % distance !== 0) continue
  const { user, system } = process.cpuUsage(before)
  globalThis.gc?.()
  process.stdout.write(
    `${JSON.stringify({ passes: count, cpuMilliseconds: (user + system) / 1000 / distance, ...readOwnUse(), ...describe(report) })}\n`,
  )
  before = process.cpuUsage()
}
checker.close()
await pusher?.stop()
process.exit()

function readOwnUse() {
  const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return { anonymousBytes: Number(kibibytes) * 1024, descriptors: readdirSync('/proc/self/fd').length - 1 }
}

function describe({ namespaces, membershipBytes, runs }: Report) {
  const [own] = namespaces
  const [socket] = own?.senders[0]?.sockets ?? []
  return {
    taps: own?.taps.length ?? 0,
    membershipBytes,
    optmemBytes: socket?.optmemBytes ?? null,
    joinedInterfaces: own?.joinedInterfaces ?? null,
    staleKnown: socket?.staleInterfaceIndexes?.length ?? null,
    staleMilliseconds: runs.find(({ probe }) => probe === 'stale-memberships')?.milliseconds ?? null,
    failed: runs.filter(({ outcome }) => outcome === 'failed').map(({ probe }) => probe),
  }
}
