import { expect, it } from 'vitest'
import { readFleetQuery } from './fleet-view.ts'

const view = (query: string) => readFleetQuery(new URLSearchParams(query))

it('reads search, filter, order and place from the URL', () => {
  expect(view('search=%20hv-1%20&status=leaking&sort=name&cursor=abc')).toEqual({
    search: 'hv-1',
    status: 'leaking',
    sort: 'name',
    cursor: 'abc',
    limit: 25,
  })
})

it('ignores invalid values of the URL', () => {
  expect(view('status=%3Cscript%3E&sort=1&search=')).toEqual({ sort: 'worst', limit: 25 })
  expect(view(`search=${'x'.repeat(9000)}`).search).toHaveLength(200)
})
