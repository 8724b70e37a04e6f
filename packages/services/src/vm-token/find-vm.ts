import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'

/** What a token is bound to: a uuid follows its VM to another hypervisor, a name does not. */
type Binding = { readonly vmKey: string; readonly hypervisorId: string | null }

/** Throws ServiceError `not-found`. */
export async function findVm(
  { db }: ServiceContext,
  vmId: string,
): Promise<{ readonly binding: Binding; readonly name: string; readonly hypervisorId: string }> {
  const vm = await db.prisma.vm.findUnique({
    where: { id: vmId },
    select: { key: true, uuid: true, name: true, hypervisorId: true },
  })
  if (vm === null) throw new ServiceError('not-found', `There is no VM ${vmId}.`)
  const { key, uuid, name, hypervisorId } = vm
  return { binding: { vmKey: key, hypervisorId: key === uuid ? null : hypervisorId }, name, hypervisorId }
}
