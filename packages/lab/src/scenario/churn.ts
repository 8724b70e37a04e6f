import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { collectOnce } from '../collector/collect-once.ts'
import { startStorm } from '../crowd/storm.ts'
import { pause, readSender, type Stage } from './story.ts'

/**
 * Replaces 80 of 400 VMs in each round, while tap names and pids are used again. After each round, checks the
 * collector: which VM is behind which tap, and which memberships are stale. Fails at the first error; ends with Ctrl-C.
 */
export async function churn(stage: Stage): Promise<void> {
  const { hypervisor, say, signal } = stage
  const storm = await startStorm(hypervisor.place.holders, VMS)
  for (;;) {
    await storm.step()
    signal.throwIfAborted()
    const report = await collectOnce(hypervisor.cell)
    const wrong = [...storm.findWrong(report), ...storm.findUnknown(report)]
    if (wrong.length > 0)
      throw new Error(`The collector is wrong about ${wrong.length} taps: ${wrong.slice(0, 5).join('; ')}`)
    const stale = await agreeOnStale(stage)
    const { started, ended, renamed, reused } = storm.counts()
    say(
      `${started} VMs came and ${ended} went, ${reused} in a process whose number was another's; ${renamed} taps changed names. ` +
        `Each of ${VMS} taps has its VM, ${stale} memberships are stale, ${await countDescriptors(stage)}.`,
    )
    await pause(stage)
  }
}

/** Returns the number of stale memberships that collector and kernel agree on, after the sender's last join. */
async function agreeOnStale(stage: Stage): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { namespaces } = await collectOnce(stage.hypervisor.cell)
    const told = namespaces[0]?.senders[0]?.sockets[0]?.staleInterfaceIndexes
    const { staleInterfaceIndexes } = await readSender(stage)
    if (isDeepStrictEqual(told, staleInterfaceIndexes)) return staleInterfaceIndexes.length
    await sleep(1000, undefined, { signal: stage.signal })
  }
  throw new Error('The collector and the kernel do not agree on which memberships are stale.')
}

/** Describes the descriptors of the running collector. */
async function countDescriptors({ hypervisor }: Stage): Promise<string> {
  const count = await hypervisor.cell.run('sh', [
    '-c',
    'pid=$(pgrep -o -f "collector[.]mjs run") && ls /proc/$pid/fd | wc -l || true',
  ])
  return count === '' ? 'and no collector runs' : `and the collector that runs has ${count.trim()} descriptors`
}

const VMS = 400
const ATTEMPTS = 30
