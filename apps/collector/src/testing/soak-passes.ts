// Makes as many passes as its argument says, with a watch and guest checks as `run` has them, and prints as one line of JSON how
// many descriptors were open after a tenth of them and at the end, and the last report.
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkRoutes } from '../command/check-routes.ts'
import { createGuestRouteChecker } from '../route-checks/guest-agent/create-guest-route-checker.ts'
import { readHost } from '../host/read-host.ts'
import { openKernel } from '../io/open-kernel.ts'
import { openLinkSockets } from '../io/link-sockets.ts'
import { createPass } from '../pass/create-pass.ts'
import { createLinkWatch } from '../watch/create-link-watch.ts'

const passes = Number(process.argv[2])
const kernel = openKernel()
const checker = createGuestRouteChecker({ deadlineMilliseconds: 100, intervalMilliseconds: 1, now: Date.now })
const watch = createLinkWatch({ kernel, sockets: openLinkSockets() })
const pass = createPass({
  kernel,
  host: readHost(kernel, 'soak', {}),
  checkRoutes: checkRoutes(checker, new Map()),
  now: Date.now,
  clock: () => performance.now(),
  questions: 5000,
  watch,
})

let early = 0
for (let count = 0; count < passes; count += 1) {
  const beganAt = performance.now()
  watch.passed(await pass(AbortSignal.timeout(5)), beganAt)
  if (count === Math.floor(passes / 10)) early = countDescriptors()
}
// What is still being asked has ended by then.
await sleep(500)
const report = await pass()
process.stdout.write(JSON.stringify({ early, late: countDescriptors(), report }))
checker.close()
await watch.stop()

function countDescriptors(): number {
  return readdirSync('/proc/self/fd').length
}
