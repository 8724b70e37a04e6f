import { expect, it } from 'vitest'
import { keepOrder } from './keep-order.ts'

it('keeps rows where they were, whatever came and went', () => {
  const rows = ['new', 'c', 'a', 'newer', 'b'].map((id) => ({ id }))
  expect(keepOrder(rows, ['a', 'b', 'gone', 'c']).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'new', 'newer'])
})
