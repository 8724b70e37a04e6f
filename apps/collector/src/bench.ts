// Prints as one line of JSON what a pass over this machine costs: `node bench.ts [passes]`. The first passes, which learn
// what the later ones remember, are not counted.
import { checkRoutes } from './command/check-routes.ts'
import { createGuestRouteChecker } from './guest-agent/index.ts'
import { readHost } from './host/read-host.ts'
import { openKernel } from './io/open-kernel.ts'
import { createPass } from './pass/create-pass.ts'

const passes = Number(process.argv[2] ?? 50)
const kernel = openKernel()
const checker = createGuestRouteChecker({ deadlineMilliseconds: 5000, now: Date.now })
const pass = createPass({
  kernel,
  host: readHost(kernel, 'bench', {}),
  checkRoutes: checkRoutes(checker, new Map()),
  now: Date.now,
  clock: () => performance.now(),
  questions: 5000,
})

for (let warmUp = 0; warmUp < 20; warmUp += 1) await pass()
const startedAt = performance.now()
const before = process.cpuUsage()
for (let count = 1; count < passes; count += 1) await pass()
const report = await pass()
const { user, system } = process.cpuUsage(before)

process.stdout.write(
  `${JSON.stringify({
    passes,
    taps: report.namespaces.reduce((sum, { taps }) => sum + taps.length, 0),
    cpuMillisecondsPerPass: (user + system) / 1000 / passes,
    wallMillisecondsPerPass: (performance.now() - startedAt) / passes,
    rssBytes: process.memoryUsage.rss(),
    reportBytes: JSON.stringify(report).length,
    runs: Object.fromEntries(report.runs.map(({ probe, milliseconds }) => [probe, milliseconds])),
  })}\n`,
)
checker.close()
