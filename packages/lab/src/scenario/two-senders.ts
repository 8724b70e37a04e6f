import { churnUntilFull, holdRoute, type Stage } from './story.ts'

/**
 * radvd and dnsmasq serve the same taps, and both leak. When radvd cannot send any more, only dnsmasq keeps the VMs'
 * routes.
 */
export async function twoSenders(stage: Stage): Promise<void> {
  await churnUntilFull(stage)
  stage.say(
    'Both sockets are full, and no further tap can be joined. radvd cannot send; dnsmasq can, because its sends need no option memory.',
  )
  await holdRoute(stage)
}
