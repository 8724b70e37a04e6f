import { churnUntilFull, holdRoute, type Stage } from './story.ts'

/** dnsmasq leaks as radvd does, but continues to advertise: only later taps are not served. */
export async function dnsmasqLeak(stage: Stage): Promise<void> {
  await churnUntilFull(stage)
  stage.say(
    'The socket is full: no further tap can be joined. dnsmasq continues to send, because its sends need no option memory.',
  )
  await holdRoute(stage)
}
