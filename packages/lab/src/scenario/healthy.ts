import { describe } from '../optmem/describe-reading.ts'
import { pause, readSender, ROUND, type Stage } from './story.ts'

/** VMs come and go on taps that stay, as on platforms that make each tap once: the same radvd leaks nothing. */
export async function healthy(stage: Stage): Promise<void> {
  for (;;) {
    await stage.hypervisor.replug(ROUND)
    await pause(stage)
    stage.say(`${ROUND} VMs came and went on taps that stay. ${describe(await readSender(stage))}`)
  }
}
