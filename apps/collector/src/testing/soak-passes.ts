// Makes the number of passes in its argument, with a watch and guest checks like `run`. Prints one line of JSON: the
// number of open descriptors after a tenth of the passes and at the end, and the last report.
import { readdirSync } from 'node:fs'
import { systemClock as clock, systemSleep as sleep } from '../clock.ts'
import { readHost } from '../host/read-host.ts'
import { openKernel } from '../io/open-kernel.ts'
import { openLinkSockets } from '../io/link-sockets.ts'
import { composePass } from '../pass/compose-pass.ts'
import { createLinkWatch } from '../watch/create-link-watch.ts'

const passes = Number(process.argv[2])
const kernel = openKernel()
const watch = createLinkWatch({ kernel, sockets: openLinkSockets(), clock })
const { pass, close } = composePass({
  kernel,
  clock,
  host: readHost(kernel, 'soak', {}),
  routeMilliseconds: 100,
  routeIntervalMilliseconds: 1,
  searchMilliseconds: 10,
  watch,
})

let early = 0
for (let count = 0; count < passes; count += 1) {
  const beganAt = clock.monotonic()
  watch.passed(await pass(AbortSignal.timeout(5)), beganAt)
  if (count === Math.floor(passes / 10)) early = countDescriptors()
}
// Checks under way end within this time.
await sleep(500)
const report = await pass()
process.stdout.write(JSON.stringify({ early, late: countDescriptors(), report }))
close()
await watch.stop()

function countDescriptors(): number {
  return readdirSync('/proc/self/fd').length
}
