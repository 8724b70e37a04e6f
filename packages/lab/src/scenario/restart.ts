import { leak } from './leak.ts'
import { describe, pause, readSender, type Stage, waitForRoute } from './story.ts'

/** As `leak`, and then an operator restarts radvd: its memberships are gone with its socket. */
export async function restart(stage: Stage): Promise<void> {
  await leak(stage)
  for (let waited = 0; waited < DARK_MILLISECONDS; waited += stage.pauseMilliseconds) await pause(stage)
  await stage.hypervisor.radvd.restart()
  stage.say('radvd was restarted.')
  await waitForRoute(stage, true)
  stage.say(describe(await readSender(stage)))
}

// Long enough to be seen in the dashboard.
const DARK_MILLISECONDS = 60_000
