import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'

/** How many hypervisors of the demo fleet are stored. */
export async function demoStatus(context: ServiceContext): Promise<{ hypervisors: number }> {
  authorise(context, 'read')
  return { hypervisors: await context.db.prisma.hypervisor.count({ where: { demo: true } }) }
}
