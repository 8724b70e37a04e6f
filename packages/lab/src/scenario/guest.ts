import { checkSituation, type Checks, situations } from '../guest-check/situations.ts'
import { startStage } from '../guest-check/start-stage.ts'
import { startHypervisor } from '../hypervisor/start.ts'
import { prepareKernel } from '../qemu/prepare-kernel.ts'
import type { TrialStage } from './trial.ts'

/**
 * Takes a Linux guest in QEMU through the possible states of its default route and shows the collector's answer each
 * time, by the real guest agent and from outside. Throws if an answer is wrong.
 */
export async function guest({ say, signal }: TrialStage): Promise<void> {
  say("Looking for Debian 12's kernel, which is downloaded once, and not installed.")
  const image = await prepareKernel(signal)
  const hypervisor = await startHypervisor({ name: 'lab-guest', routeLifetimeSeconds: LIFETIME_SECONDS })
  let removal: Promise<void> | undefined
  const remove = () => (removal ??= hypervisor.dispose())
  const stop = () => void remove()
  signal.addEventListener('abort', stop)
  try {
    signal.throwIfAborted()
    say(`Booting ${image.release} in QEMU, on a tap that radvd serves.`)
    const stage = await startStage(hypervisor, image)
    for (const situation of situations) {
      say(situation.sentence)
      await situation.arrange(stage)
      const checks = await checkSituation(stage, situation, signal)
      say(
        `  ip -6 route show default: ${(await stage.machine.run('ip', ['-6', 'route', 'show', 'default'])).trim() || 'nothing'}`,
      )
      for (const line of describe(checks)) say(`  ${line}`)
      if (checks.agent?.defaultRoute !== situation.agent || checks.probe?.defaultRoute !== situation.probe) {
        throw new Error(`The agent should say ${situation.agent}, and the probe ${situation.probe}.`)
      }
    }
  } finally {
    signal.removeEventListener('abort', stop)
    await remove()
  }
}

function describe(checks: Checks): string[] {
  const lines = [
    ['guest agent', checks.agent],
    ['off-link probe', checks.probe],
  ] as const
  return lines.map(
    ([name, check]) => `${name}: ${check?.defaultRoute ?? 'nothing'}${check?.reason ? ` (${check.reason})` : ''}`,
  )
}

// Two advertisements may be lost.
const LIFETIME_SECONDS = 12
