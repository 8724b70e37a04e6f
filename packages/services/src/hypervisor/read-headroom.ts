import type { HeadroomRange, HeadroomSeries } from '@slashzero/contract'
import type { ServiceContext } from '../context.ts'

export async function readHeadroom(_context: ServiceContext, _input: { id: string; range: HeadroomRange }): Promise<HeadroomSeries> {
  throw new Error('not written yet')
}
