import { churnUntilFull, type Stage, waitForRoute } from './story.ts'

/** The sender never leaves the group of a deleted tap, until its socket is full and its VMs go dark. */
export async function leak(stage: Stage): Promise<void> {
  await churnUntilFull(stage)
  stage.say('The socket is full. No advertisement leaves any more, on any tap.')
  await waitForRoute(stage, false)
}
