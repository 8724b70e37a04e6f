import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { collectOnce } from '../collector/collect-once.ts'
import { startStorm } from '../crowd/storm.ts'
import { pause, readSender, type Stage } from './story.ts'

/**
 * 400 VMs, of which each round exchanges 80 while names of taps and numbers of processes are used again. After each, the collector is
 * held to the truth: which VM is behind which tap, and which memberships are stale. Fails where it is wrong once; ends with Ctrl-C.
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

/** Out: how many are stale, as the collector and the kernel both say once the sender has nothing more to join. */
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

/** Of the collector that runs, in words. */
async function countDescriptors({ hypervisor }: Stage): Promise<string> {
  const count = await hypervisor.cell.run('sh', [
    '-c',
    'pid=$(pgrep -o -f "collector[.]mjs run") && ls /proc/$pid/fd | wc -l || true',
  ])
  return count === '' ? 'and no collector runs' : `and the collector that runs has ${count.trim()} descriptors`
}

const VMS = 400
const ATTEMPTS = 30
