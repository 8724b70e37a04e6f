import type { PrismaTransaction } from '@slashzero/db'
import type { Actor, ServiceContext } from './context.ts'

export type AuditAction =
  | 'enrolment-token.create'
  | 'hypervisor.enrol'
  | 'hypervisor.remove'
  | 'credential.issue'
  | 'credential.revoke'
  | 'api-token.create'
  | 'api-token.revoke'
  | 'vm-token.create'
  | 'vm-token.revoke'
  | 'setup-link.create'
  | 'administrator.create'
  | 'demo.remove'

/** Records an action in its own transaction: who, what, on which subject. `detail` holds no secret. */
export async function recordAudit(
  transaction: PrismaTransaction,
  context: Pick<ServiceContext, 'actor' | 'now'>,
  event: {
    readonly action: AuditAction
    readonly subject: string | null
    readonly detail?: Record<string, string | number | boolean>
  },
): Promise<void> {
  await transaction.auditEvent.create({
    data: {
      at: new Date(context.now()),
      actorKind: context.actor.kind,
      actorId: idOf(context.actor),
      action: event.action,
      subject: event.subject,
      detail: event.detail ?? {},
    },
  })
}

function idOf(actor: Actor): string | null {
  switch (actor.kind) {
    case 'user':
      return actor.userId
    case 'api-token':
    case 'guest':
      return actor.tokenId
    case 'collector':
      return actor.hypervisorId
    case 'system':
    case 'anonymous':
      return null
    default:
      return actor satisfies never
  }
}
