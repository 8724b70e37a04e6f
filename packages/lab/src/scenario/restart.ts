import { setTimeout as sleep } from 'node:timers/promises'
import { leak } from './leak.ts'
import { describe } from '../optmem/describe-reading.ts'
import { readSender, type Stage, waitForRoute } from './story.ts'

/** As `leak`; then an operator restarts radvd, and the memberships vanish with the socket. */
export async function restart(stage: Stage): Promise<void> {
  await leak(stage)
  await sleep(DARK_MILLISECONDS, undefined, { signal: stage.signal })
  await stage.hypervisor.radvd.restart()
  stage.say('radvd was restarted.')
  await waitForRoute(stage, true)
  stage.say(describe(await readSender(stage)))
}

// Long enough to see in the dashboard.
const DARK_MILLISECONDS = 60_000
