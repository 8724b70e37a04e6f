import type { EnrolResponse } from '@slashzero/contract/report'
import { awaitingFirstReport } from '@slashzero/core'
import type { PrismaTransaction } from '@slashzero/db'
import type { ServiceContext } from '../context.ts'
import { notifyMembership } from '../notify.ts'
import { hashSecret, newId, newSecret } from '../secret.ts'

/**
 * The id of this host's hypervisor, which is created if missing. Locks the row, so that the second of two exchanges for
 * one host sees the result of the first.
 */
export async function admitHost(
  context: ServiceContext,
  transaction: PrismaTransaction,
  { hostId, name, demo }: { hostId: string; name: string; demo: boolean },
): Promise<string> {
  const at = new Date(context.now())
  const { status, reason } = awaitingFirstReport
  const { id } = await transaction.hypervisor.upsert({
    where: { hostId },
    create: {
      id: newId('hv'),
      hostId,
      name,
      // The first report adds what else the report says of the host.
      search: name.toLowerCase(),
      demo,
      createdAt: at,
      status,
      statusReason: reason,
      statusSince: at,
    },
    update: { name },
  })
  await transaction.$executeRaw`INSERT INTO hypervisor_pulse (hypervisor_id) VALUES (${id}) ON CONFLICT DO NOTHING`
  await notifyMembership(transaction)
  return id
}

/** Makes a credential for a hypervisor. The credential is shown once. */
export async function grantCredential(
  context: ServiceContext,
  transaction: PrismaTransaction,
  hypervisorId: string,
): Promise<EnrolResponse> {
  const credential = newSecret('host')
  await transaction.collectorCredential.create({
    data: {
      id: newId('cred'),
      hypervisorId,
      credentialHash: hashSecret(credential),
      createdAt: new Date(context.now()),
    },
  })
  return { hypervisorId, credential }
}

/** Revokes the live credentials of a hypervisor; returns how many. */
export async function endCredentials(
  context: ServiceContext,
  transaction: PrismaTransaction,
  hypervisorId: string,
): Promise<number> {
  const { count } = await transaction.collectorCredential.updateMany({
    where: { hypervisorId, revokedAt: null },
    data: { revokedAt: new Date(context.now()) },
  })
  return count
}
