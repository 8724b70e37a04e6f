import { expect, test } from 'vitest'
import { findTogether } from './find-together.ts'

const db = {}

test('a right hash waits for two queries, behind any number of wrong hashes', async () => {
  const asked: number[] = []
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const find = findTogether(async (_: object, hashes) => {
    asked.push(hashes.length)
    await gates[asked.length - 1]?.promise
    return new Map(hashes.filter((hash) => hash === 'right').map((hash) => [hash, 7]))
  })
  const first = find(db, 'wrong')
  await Promise.resolve()
  const wrong = Array.from({ length: 3000 }, (_, nth) => find(db, `wrong ${nth}`))
  const right = find(db, 'right')
  for (const gate of gates) gate.resolve()
  expect(await right).toBe(7)
  expect(new Set(await Promise.all([first, ...wrong]))).toEqual(new Set([null]))
  expect(asked).toEqual([1, 3001])
})

test('a failed query fails its own hashes and not the next', async () => {
  let asked = 0
  const find = findTogether(async (_: object, hashes) => {
    asked += 1
    if (asked === 1) throw new Error('the database is away')
    return new Map(hashes.map((hash) => [hash, hash]))
  })
  await expect(find(db, 'a')).rejects.toThrow('the database is away')
  expect(await find(db, 'a')).toBe('a')
})
