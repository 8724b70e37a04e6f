import { cleanLeftovers } from '../leftover/clean.ts'
import { guest } from './guest.ts'
import { kernel } from './kernel.ts'
import { requireMachine } from './require-machine.ts'
import { startTicker } from './ticker.ts'
import type { Trial } from './trial.ts'

/** Every trial by the name that an operator types. */
export const trials = new Map<string, Trial>(
  Object.entries({
    kernel: {
      sentence:
        "In QEMU on Debian 12's kernel 6.1 radvd fills its socket, and each way to read it is compared; or runs COMMAND there.",
      play: kernel,
      needsLeak: true,
    },
    guest: {
      sentence: 'A Linux guest in QEMU has, loses and regains ::/0, and so say its agent and the probe.',
      play: guest,
    },
  }),
)

/** Plays a trial and removes everything that the trial made; an abort ends it early. Rejects if the trial fails. */
export async function runTrial(trial: Trial, command: readonly string[], signal: AbortSignal): Promise<void> {
  requireMachine(trial.needsLeak === true, [
    ['qemu-system-x86_64', 'qemu-system-x86'],
    ['nft', 'nftables'],
    ['apt-get', 'apt'],
  ])
  await cleanLeftovers()
  const ticker = startTicker()
  try {
    await trial.play({ say: (sentence) => ticker.say(sentence), signal, command })
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    ticker.stop()
  }
}
