import { z } from 'zod'
import { compileSchema, REFUSED, type Read } from './compile-schema.ts'

/** An error answer shows as many. */
const MAX_ISSUES = 20

const maxima = new WeakMap<z.core.$ZodType, number>()

/** The most items of an array that `list` made; no bound for another array. */
export function maxItemsOf(schema: z.core.$ZodType): number {
  return maxima.get(schema) ?? Infinity
}

/**
 * An array of at most `max` items that ends at the twentieth error and reads no item if there are too many: an
 * untrusted array of empty objects would otherwise cost seconds and a gigabyte of errors.
 */
export function list<Item extends z.ZodType>(item: Item, max: number) {
  const schema = z.array(item).max(max)
  maxima.set(schema, max)
  let read: Read | undefined
  // oxlint-disable-next-line eslint/no-underscore-dangle -- zod documents `_zod` for libraries
  schema._zod.parse = (payload, context) => {
    const input = payload.value
    if (!Array.isArray(input)) {
      payload.issues.push({ code: 'invalid_type', expected: 'array', input, inst: schema })
      return payload
    }
    if (input.length > max) {
      payload.issues.push({ code: 'too_big', origin: 'array', maximum: max, inclusive: true, input, inst: schema })
      return payload
    }
    read ??= compileSchema(item, maxItemsOf)
    const items: unknown[] = []
    for (const [index, value] of input.entries()) {
      const valid = read(value)
      if (valid !== REFUSED) {
        items.push(valid)
        continue
      }
      // oxlint-disable-next-line eslint/no-underscore-dangle -- `safeParse` would make a whole error of each item
      const result = item._zod.run({ value, issues: [] }, context)
      if (result instanceof Promise) throw new TypeError('An item of a list is read at once.')
      if (result.issues.length > 0) payload.issues.push(...z.core.util.prefixIssues(index, result.issues))
      if (payload.issues.length >= MAX_ISSUES) break
      items.push(result.value)
    }
    Object.assign(payload, { value: items })
    return payload
  }
  return schema
}
