import { afterEach, expect, it, vi } from 'vitest'
import { call, CallError } from './call.ts'

afterEach(() => vi.unstubAllGlobals())

function answer(status: number, body: string) {
  const fetched = vi.fn<typeof fetch>(() => Promise.resolve(new Response(body, { status })))
  vi.stubGlobal('fetch', fetched)
  return fetched
}

it('sends the input of a query in the URL and returns the data', async () => {
  const fetched = answer(200, '{"result":{"data":{"now":"2026-03-03T03:26:00Z"}}}')
  expect(await call('query', 'vm.read', { id: 'vm_1&' })).toEqual({ now: '2026-03-03T03:26:00Z' })
  expect(fetched).toHaveBeenCalledWith('/trpc/vm.read?input=%7B%22id%22%3A%22vm_1%26%22%7D', {})
})

it('sends the input of a mutation in the body', async () => {
  const fetched = answer(200, '{"result":{}}')
  expect(await call('mutation', 'hypervisor.remove', { id: 'hv_1' })).toBeUndefined()
  expect(fetched).toHaveBeenCalledWith('/trpc/hypervisor.remove', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"id":"hv_1"}',
  })
})

it('tells a refusal with its fields', async () => {
  answer(400, '{"error":{"message":"is too long","data":{"httpStatus":400,"errors":[{"pointer":"/name"}]}}}')
  await expect(call('query', 'vm.read', {})).rejects.toEqual(
    new CallError('is too long', { httpStatus: 400, errors: [{ pointer: '/name' }] }),
  )
})

it('tells that the server is away, also behind a proxy', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
  await expect(call('query', 'vm.read', {})).rejects.toMatchObject({ refusal: null })
  answer(502, '<html>')
  await expect(call('query', 'vm.read', {})).rejects.toMatchObject({ refusal: null })
})
