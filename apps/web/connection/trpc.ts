import { call } from './call.ts'
import { createProcedures } from './procedures.ts'

/** The procedures of the server, called by this browser. */
export const trpc = createProcedures(call)
