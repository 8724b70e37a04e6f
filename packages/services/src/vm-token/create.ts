import type { VmTokenCreated } from '@slashzero/contract/page'
import { recordAudit } from '../audit.ts'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { hashSecret, newId, newSecret } from '../secret.ts'
import { findVm } from './find-vm.ts'

/** Makes a token for this VM's guest to push its routes. The token is shown once. Throws ServiceError `not-found`. */
export async function createVmToken(context: ServiceContext, { vmId }: { vmId: string }): Promise<VmTokenCreated> {
  authorise(context, 'administrate')
  const { binding, name, hypervisorId } = await findVm(context, vmId)
  const token = newSecret('vm')
  const id = newId('vmtoken')
  await context.db.prisma.$transaction(async (transaction) => {
    await transaction.vmToken.create({
      data: { id, ...binding, tokenHash: hashSecret(token), createdAt: new Date(context.now()) },
    })
    await transaction.$executeRaw`UPDATE vm_token SET last_hypervisor_id = ${hypervisorId} WHERE id = ${id}`
    await recordAudit(transaction, context, { action: 'vm-token.create', subject: id, detail: { vm: vmId, name } })
  })
  return { id, token }
}
