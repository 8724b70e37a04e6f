import { type EnrolRequest, type EnrolResponse, toVisible } from '@slashzero/contract/report'
import type { PrismaTransaction } from '@slashzero/db'
import { recordAudit } from '../audit.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { hashSecret } from '../secret.ts'
import { requireUsable } from './check-token.ts'
import { admitHost, grantCredential } from './grant-credential.ts'

/**
 * Exchanges an enrolment token for a credential and spends one use. Throws ServiceError `unauthenticated` for an
 * unknown, spent or expired token; `conflict`, without spending, for a host with a live credential.
 */
export async function enrol(
  context: ServiceContext,
  { token, host }: EnrolRequest & { token: string },
): Promise<EnrolResponse> {
  return context.db.prisma.$transaction(async (transaction) => {
    const { id: tokenId, demo } = await spendToken(context, transaction, token)
    const hypervisorId = await admitHost(context, transaction, { hostId: host.id, name: toVisible(host.name), demo })
    const live = await transaction.collectorCredential.count({ where: { hypervisorId, revokedAt: null } })
    if (live > 0) {
      throw new ServiceError(
        'conflict',
        `The host ${host.id} is already enrolled. If its collector lost the credential, revoke the credential on the ` +
          `hypervisor's page and enrol again.`,
      )
    }
    const response = await grantCredential(context, transaction, hypervisorId)
    await recordAudit(transaction, context, { action: 'hypervisor.enrol', subject: hypervisorId, detail: { tokenId } })
    return response
  })
}

async function spendToken(context: ServiceContext, transaction: PrismaTransaction, token: string) {
  const tokenHash = hashSecret(token)
  const now = new Date(context.now())
  const { count } = await transaction.enrolmentToken.updateMany({
    where: { tokenHash, usesLeft: { gt: 0 }, expiresAt: { gt: now } },
    data: { usesLeft: { decrement: 1 } },
  })
  const found = await transaction.enrolmentToken.findUnique({ where: { tokenHash } })
  requireUsable(found, count > 0, now)
  return found
}
