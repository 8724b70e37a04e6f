import { ServiceError } from '@slashzero/services'
import type { z } from 'zod'
import { fieldErrors } from '../error/field-errors.ts'

/**
 * Reads a query string by its schema.
 * @throws ServiceError `invalid` that names each refused or repeated parameter
 */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, query: URLSearchParams): z.output<Schema> {
  const twice = [...new Set(query.keys())].filter((name) => query.getAll(name).length > 1)
  if (twice.length > 0) {
    throw new ServiceError(
      'invalid',
      'The query names a parameter more than once.',
      twice.map((name) => ({ pointer: `/${name}`, detail: 'given more than once' })),
    )
  }
  const result = schema.safeParse(Object.fromEntries(query))
  if (result.success) return result.data
  throw new ServiceError('invalid', 'The query is invalid.', fieldErrors(result.error.issues))
}
