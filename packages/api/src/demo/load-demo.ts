import type { DemoStatus } from '@slashzero/contract'
import { createEnrolmentToken, type ServiceContext } from '@slashzero/services'
import type { DemoLoader } from './demo-loader.ts'
import { readDemoStatus } from './read-demo-status.ts'

/** Starts loading the demo fleet unless that is under way; its hosts enrol with a token that lasts an hour. */
export async function loadDemo(context: ServiceContext, loader: DemoLoader): Promise<DemoStatus> {
  if (loader.status().state !== 'loading') {
    const { token } = await createEnrolmentToken(context, { name: 'demo', uses: 1000, demo: true, expiresInHours: 1 })
    loader.start(token)
  }
  return readDemoStatus(context, loader)
}
