'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../client/trpc/trpc-context.ts'
import { useUrlState } from '../../client/url/use-url-state.ts'
import { describeVms, titleOfVms } from '../../client/vm/describe-vms.ts'
import { readVmView } from '../../client/vm/read-vm-view.ts'
import { Loaded } from '../display/loaded.tsx'
import { PageSkeleton } from '../display/skeleton.tsx'
import { Statement } from '../display/statement.tsx'
import { routeWords } from '../../client/status/status-words.ts'
import { VmListPanel } from './vm-list-panel.tsx'

/** Which VMs have lost ::/0, where, since when, and what is known of why. */
export function VmsPage() {
  const trpc = useTRPC()
  const { params } = useUrlState()
  const view = readVmView(params)
  const list = useQuery({ ...trpc.vm.list.queryOptions(view.query), placeholderData: keepPreviousData })
  return (
    <>
      <title>{titleOfVms(list.isPlaceholderData ? null : (list.data?.total ?? null), view)}</title>
      <Loaded query={list} failed="The VMs could not be read." skeleton={<PageSkeleton label="Reading the VMs" />}>
        {(data) => (
          <div className="space-y-6">
            <div aria-busy={list.isPlaceholderData} className={list.isPlaceholderData ? 'opacity-60' : ''}>
              <Statement
                tone={toneOf(view.route, data.total)}
                headline={describeVms(data, view)}
              >
                {sentences[view.route]}
              </Statement>
            </div>
            <VmListPanel view={view} list={data} isOld={list.isPlaceholderData} />
          </div>
        )}
      </Loaded>
    </>
  )
}

const sentences = {
  missing: 'No ::/0, an expired one, or one that leads nowhere all count as missing: the VM reaches nothing beyond its own link over IPv6.',
  expiring: 'They still have ::/0, but it runs out and nobody renews it.',
  unknown: 'Not a failure and not a success: each row says why it could not be found out.',
  ok: 'Seen in the VM itself or proven by a route back.',
  all: 'Every VM that a collector has seen.',
} as const

function toneOf(route: keyof typeof sentences, total: number) {
  if (route === 'all') return 'plain'
  return total === 0 && route !== 'ok' ? 'ok' : routeWords[route].tone
}
