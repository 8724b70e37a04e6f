import type { ServiceContext } from '../context.ts'

/** Whether an administrator exists. Needs no authentication: a page shows sign-in or set-up by the answer. */
export async function administratorExists(context: ServiceContext): Promise<boolean> {
  return (await context.db.prisma.user.findFirst({ select: { id: true } })) !== null
}
