import type { ServiceContext } from '../context.ts'

/** Whether anybody can sign in. Open to everybody: it decides whether the sign-in or the set-up page is shown. */
export async function administratorExists(context: ServiceContext): Promise<boolean> {
  return (await context.db.prisma.user.findFirst({ select: { id: true } })) !== null
}
