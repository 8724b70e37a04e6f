import type { DemoStatus } from '@slashzero/contract/page'
import { createEnrolmentToken, removeDemo, type ServiceContext } from '@slashzero/services'
import type { DemoLoader } from './demo-loader.ts'
import { readDemoStatus } from './read-demo-status.ts'

const HOSTS = 1000

/** Starts to load the demo fleet and replaces an earlier fleet, unless a load is in progress. */
export async function loadDemo(context: ServiceContext, loader: DemoLoader): Promise<DemoStatus> {
  if (loader.status().state !== 'loading') {
    await dropDemo(context, loader)
    const { token } = await createEnrolmentToken(context, {
      name: 'demo fleet',
      uses: HOSTS,
      demo: true,
      expiresInHours: 1,
    })
    await loader.start(token)
  }
  return readDemoStatus(context, loader)
}

/** Stops the process that reports for the demo fleet, and removes the fleet. */
export async function dropDemo(context: ServiceContext, loader: DemoLoader): Promise<{ hypervisors: number }> {
  await loader.stop()
  return removeDemo(context)
}
