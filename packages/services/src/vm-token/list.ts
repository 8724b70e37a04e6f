import type { VmToken } from '@slashzero/contract/page'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { findVm } from './find-vm.ts'

/**
 * The tokens of a VM, newest first, including revoked tokens. Secrets are not stored. Throws ServiceError `not-found`.
 */
export async function listVmTokens(context: ServiceContext, { vmId }: { vmId: string }): Promise<VmToken[]> {
  authorise(context, 'administrate')
  const { binding } = await findVm(context, vmId)
  const tokens = await context.db.prisma.vmToken.findMany({
    where: binding,
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
  })
  return tokens.map(({ id, createdAt, lastUsedAt, revokedAt }) => ({
    id,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  }))
}
