import type { HypervisorResource } from '@slashzero/contract'
import type { ServiceContext } from '../context.ts'

export type PageQuery = { readonly cursor?: string | undefined; readonly limit: number }
export type Page<Item> = { items: Item[]; nextCursor: string | null }

export async function listHypervisors(_context: ServiceContext, _input: PageQuery): Promise<Page<HypervisorResource>> {
  throw new Error('not written yet')
}
