import { expect, test } from 'vitest'
import { findByKey } from './find-by-key.ts'

const things = ['a', 'b', 'c', 'd'].map((key) => ({ key }))

test.each([
  { name: 'the same order', keys: ['a', 'b', 'c', 'd'] },
  { name: 'the same order twice', keys: ['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd'] },
  { name: 'gaps, strangers and repetitions', keys: ['b', 'x', 'd', 'b', 'c', 'a', 'a', ''] },
])('the places of things are found by key in $name', ({ keys }) => {
  const find = findByKey(things)
  expect(keys.map((key) => find(key))).toEqual(keys.map((key) => things.findIndex((thing) => thing.key === key)))
})
