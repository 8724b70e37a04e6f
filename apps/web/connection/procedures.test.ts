import { QueryClient } from '@tanstack/react-query'
import { expect, it, vi } from 'vitest'
import { createProcedures, type Caller } from './procedures.ts'

it('asks for a query by its path and input, and finds it by its keys', async () => {
  const caller = vi.fn<Caller>(() => Promise.resolve('data'))
  const { vm } = createProcedures(caller)
  const queries = new QueryClient()
  const options = vm.read.queryOptions({ id: 'vm_1' })
  expect(await queries.fetchQuery(options)).toBe('data')
  expect(caller).toHaveBeenCalledWith('query', 'vm.read', { id: 'vm_1' }, expect.any(AbortSignal))
  expect(queries.getQueryData(vm.read.queryKey({ id: 'vm_1' }))).toBe('data')
  expect(queries.getQueryCache().findAll({ queryKey: vm.pathKey() })).toHaveLength(1)
  expect(queries.getQueryCache().findAll({ queryKey: vm.page.pathKey() })).toHaveLength(0)
})

it('runs a mutation with the input of its call', async () => {
  const caller = vi.fn<Caller>(() => Promise.resolve(undefined))
  const options = createProcedures(caller).hypervisor.remove.mutationOptions()
  await new QueryClient().getMutationCache().build(new QueryClient(), options).execute({ id: 'hv_1' })
  expect(caller).toHaveBeenCalledWith('mutation', 'hypervisor.remove', { id: 'hv_1' })
})
