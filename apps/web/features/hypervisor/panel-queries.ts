import type { SendersQuery, TapsQuery, VmPageQuery } from '@slashzero/contract/page'

/** The rows of a panel: few, because on a narrow screen each row is a card. */
export const PANEL_ROWS = 10

export function sendersQueryOf(id: string, cursor?: string): SendersQuery {
  return { id, ...(cursor !== undefined && { cursor }), limit: PANEL_ROWS }
}

export function tapsQueryOf(id: string, cursor?: string): TapsQuery {
  return { id, ...(cursor !== undefined && { cursor }), limit: PANEL_ROWS }
}

/** Missing routes first, then the ones that end next. */
export function vmsQueryOf(hypervisor: string, cursor?: string): VmPageQuery {
  return { hypervisor, sort: 'status', descending: false, ...(cursor !== undefined && { cursor }), limit: PANEL_ROWS }
}
