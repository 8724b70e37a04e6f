import type { DemoStatus } from '@slashzero/contract/page'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'

/** Counts the stored hypervisors of the demo fleet. */
export async function demoStatus(context: ServiceContext): Promise<Pick<DemoStatus, 'hypervisors' | 'isSilent'>> {
  authorise(context, 'read')
  const { hypervisor } = context.db.prisma
  const [hypervisors, silent] = await Promise.all([
    hypervisor.count({ where: { demo: true } }),
    hypervisor.count({ where: { demo: true, status: 'silent' } }),
  ])
  return { hypervisors, isSilent: hypervisors > 0 && silent === hypervisors }
}
