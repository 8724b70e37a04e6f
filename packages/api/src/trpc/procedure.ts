import type { LiveChange, Watched } from '@slashzero/contract/page'
import type { FieldError, ServiceContext } from '@slashzero/services'
import { initTRPC, TRPCError } from '@trpc/server'
import { ZodError } from 'zod'
import type { DemoLoader } from '../demo/demo-loader.ts'
import { describeError, type ErrorDescription } from '../error/describe-error.ts'
import { fieldErrors } from '../error/field-errors.ts'
import { statuses } from '../error/statuses.ts'

/** The context of every procedure: the actor, and the services of the composition root. */
export type ApiContext = {
  readonly service: ServiceContext
  readonly demoLoader: DemoLoader
  /** The changes of what a person's page watches, from now on until the signal aborts. */
  readonly watch: (userId: string, watched: Watched, signal: AbortSignal) => AsyncGenerator<LiveChange>
}

const trpc = initTRPC.context<ApiContext>().create({
  isDev: false,
  sse: {
    ping: { enabled: true, intervalMs: 15_000 },
    client: { reconnectAfterInactivityMs: 45_000 },
  },
  errorFormatter: ({ shape, error }) => {
    const errors = refusedFields(error)
    return {
      ...shape,
      message: error.cause instanceof ZodError ? inWords(errors) : shape.message,
      /** `errors`: the refused fields by JSON Pointer; empty if no field is refused. */
      data: { ...shape.data, errors },
    }
  },
})

export const router = trpc.router

/** Needs no session; the verb checks what it needs, such as a one-time token. */
export const publicProcedure = trpc.procedure.use(async ({ ctx, next }) => {
  const result = await next()
  // Every other code is a refusal with a message for the client: an invalid input, or no session.
  if (result.ok || result.error.code !== 'INTERNAL_SERVER_ERROR') return result
  const description = describeError(result.error.cause ?? result.error, ctx.service.log)
  throw new TRPCError({
    code: statuses[description.code].trpc,
    message: description.detail,
    cause: new DescribedError(description),
  })
})

/** Needs a session. The verb decides what the user may do. */
export const procedure = publicProcedure.use(({ ctx, next }) => {
  if (ctx.service.actor.kind !== 'user') throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' })
  return next({ ctx: { actor: ctx.service.actor } })
})

/** Carries the description to the error formatter, and keeps the original error from it. */
class DescribedError extends Error {
  readonly description: ErrorDescription
  constructor(description: ErrorDescription) {
    super(description.detail)
    this.description = description
  }
}

function refusedFields({ cause }: TRPCError): readonly FieldError[] {
  if (cause instanceof ZodError) return fieldErrors(cause.issues)
  return (cause instanceof DescribedError && cause.description.errors) || []
}

function inWords(errors: readonly FieldError[]): string {
  return errors.map(({ pointer, detail }) => (pointer === '' ? detail : `${pointer}: ${detail}`)).join('; ')
}
