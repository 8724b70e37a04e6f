'use client'

import { useQuery } from '@tanstack/react-query'
import { lazy } from 'react'
import { trpc } from '../../connection/trpc.ts'
import { sendersQueryOf } from './panel-queries.ts'
import { useHead } from './use-head.ts'

// The server draws the picture; its script, which only the pointer needs, loads after the script of the page.
const HeadroomPanel = lazy(() =>
  import('../headroom/headroom-panel.tsx').then((module) => ({ default: module.HeadroomPanel })),
)

/** The option memory of the hypervisor's senders over time. */
export function HistoryPanel({ id }: { id: string }) {
  const senders = useQuery(trpc.hypervisor.senders.queryOptions(sendersQueryOf(id)))
  const membershipBytes = useHead(id).data?.membershipBytes ?? null
  return <HeadroomPanel id={id} membershipBytes={membershipBytes} senders={senders.data?.items ?? []} />
}
