import type { DemoStatus } from '@slashzero/contract/page'
import { demoStatus, type ServiceContext } from '@slashzero/services'
import type { DemoLoader } from './demo-loader.ts'

/** Whether there is a demo fleet, or how far its loading is. */
export async function readDemoStatus(context: ServiceContext, loader: DemoLoader): Promise<DemoStatus> {
  const found = await demoStatus(context)
  const load = loader.status()
  if (load.state === 'loading') return { state: 'loading', progress: load.progress, error: null, ...found }
  if (load.state === 'failed') return { state: 'failed', progress: null, error: load.error, ...found }
  return { state: found.hypervisors > 0 ? 'present' : 'absent', progress: null, error: null, ...found }
}
