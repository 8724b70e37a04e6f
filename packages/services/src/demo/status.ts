import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'

/** Counts the stored hypervisors of the demo fleet. */
export async function demoStatus(context: ServiceContext): Promise<{ hypervisors: number }> {
  authorise(context, 'read')
  return { hypervisors: await context.db.prisma.hypervisor.count({ where: { demo: true } }) }
}
