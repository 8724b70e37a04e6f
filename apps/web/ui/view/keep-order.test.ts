import { expect, it } from 'vitest'
import { keepOrder } from './keep-order.ts'

it('keeps rows in place when others come and go', () => {
  const rows = ['new', 'c', 'a', 'newer', 'b'].map((id) => ({ id }))
  expect(keepOrder(rows, ['a', 'b', 'gone', 'c']).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'new', 'newer'])
})
