import { describe, isFull } from '../optmem/describe-reading.ts'
import { pause, readSender, ROUND, type Stage, waitForRoute } from './story.ts'

/** Taps come and stay, each with an honest membership, until the socket cannot hold more. */
export async function capacity(stage: Stage): Promise<void> {
  for (let taps = ROUND; ; taps += ROUND) {
    await stage.hypervisor.addTaps(taps)
    const reading = await readSender(stage)
    stage.say(`${taps} taps are up. ${describe(reading)}`)
    if (isFull(reading)) break
    await pause(stage)
  }
  stage.say('The socket is full by honest use. No advertisement leaves any more, on any tap.')
  await waitForRoute(stage, false)
}
