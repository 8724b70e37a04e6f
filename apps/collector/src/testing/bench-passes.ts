// `node bench-passes.ts PASSES LINES [SERVER STATE-DIR]` makes passes back to back and prints LINES lines of JSON with
// their cost. With SERVER, sends every report. With --expose-gc, collects garbage before it reads memory.
import { readdirSync, readFileSync } from 'node:fs'
import type { Report } from '@slashzero/contract/report'
import { log } from '../command/write-log.ts'
import { systemClock as clock, systemSleep as sleep } from '../clock.ts'
import { readHost } from '../host/read-host.ts'
import { openKernel } from '../io/open-kernel.ts'
import { composePass } from '../pass/compose-pass.ts'
import { createDelivery } from '../deliver/create-delivery.ts'

const [, , passes, lines, server, stateDir = ''] = process.argv
const kernel = openKernel()
const host = readHost(kernel, 'bench', {})
const { pass, close } = composePass({ kernel, host, clock, routeMilliseconds: 5000, searchMilliseconds: 10 })
const delivery =
  server === undefined
    ? null
    : createDelivery({ server, serverCa: null, enrolmentToken: 'bench', stateDir, host, log, clock, sleep })

const distance = Math.max(1, Math.floor(Number(passes) / Number(lines)))
let before = process.cpuUsage()
for (let count = 1; count <= Number(passes); count += 1) {
  const report = await pass()
  delivery?.enqueue(report)
  while ((delivery?.status().spooledReports ?? 0) > 50) await sleep(1)
  if (count % distance !== 0) continue
  const { user, system } = process.cpuUsage(before)
  globalThis.gc?.()
  process.stdout.write(
    `${JSON.stringify({ passes: count, cpuMilliseconds: (user + system) / 1000 / distance, ...readOwnUse(), ...describe(report) })}\n`,
  )
  before = process.cpuUsage()
}
close()
await delivery?.stop()
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
