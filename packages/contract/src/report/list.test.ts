import { expect, test } from 'vitest'
import { z } from 'zod'
import { list } from './list.ts'

const schema = list(z.object({ a: z.int(), b: z.int() }), 1000)

function issuesOf(input: unknown) {
  return schema.safeParse(input).error?.issues.map(({ path, message }) => [path.join('.'), message])
}

test('a list is read like an array', () => {
  expect(schema.parse([{ a: 1, b: 2, c: 3 }])).toEqual([{ a: 1, b: 2 }])
  expect(
    issuesOf([
      { a: 1, b: 2 },
      { a: 'x', b: 2 },
    ]),
  ).toEqual([['1.a', 'Invalid input: expected number, received string']])
  expect(issuesOf({ length: 1 })).toEqual([['', 'Invalid input: expected array, received object']])
  expect(z.object({ list: schema.optional() }).parse({})).toEqual({})
})

test('a list ends at the twentieth error, also within other lists', () => {
  expect(issuesOf(Array.from({ length: 1000 }, () => ({})))).toHaveLength(20)
  const nested = list(schema, 1000)
  const error = nested.safeParse(Array.from({ length: 1000 }, () => Array.from({ length: 1000 }, () => ({})))).error
  expect(error?.issues).toHaveLength(20)
})

test('no item of a list that is too long is read', () => {
  let read = 0
  const counted = list(
    z.unknown().refine(() => (read += 1)),
    3,
  )
  expect(counted.safeParse([1, 2, 3, 4]).error?.issues[0]?.message).toBe('Too big: expected array to have <=3 items')
  expect(read).toBe(0)
})
