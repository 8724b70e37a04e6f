import { churnUntilFull, describe, readSenders, type Stage, waitForRoute } from './story.ts'

/** radvd and dnsmasq serve the same taps, and both leak. Then radvd is restarted, and alone keeps the routes of the VMs. */
export async function twoSenders(stage: Stage): Promise<void> {
  const { hypervisor, say } = stage
  await churnUntilFull(stage)
  say('Both sockets are full. No advertisement leaves any more, on any tap.')
  await waitForRoute(stage, false)
  await hypervisor.radvd.restart()
  say('radvd was restarted, and dnsmasq was not.')
  await waitForRoute(stage, true)
  for (const reading of await readSenders(stage)) say(describe(reading))
}
