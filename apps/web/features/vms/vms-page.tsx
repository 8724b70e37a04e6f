'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../connection/trpc-context.ts'
import { useUrlState } from '../../ui/view/use-url-state.ts'
import { titleOfVms } from './describe-vms.ts'
import { readVmView } from './read-vm-view.ts'
import { Loaded } from '../../ui/display/loaded.tsx'
import { PageSkeleton } from '../../ui/display/skeleton.tsx'
import { VmListPanel } from './vm-list-panel.tsx'
import { VmsSentence } from './vms-sentence.tsx'

/** Which VMs have lost ::/0, where, since when, and why. */
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
              <VmsSentence view={view} list={data} />
            </div>
            <VmListPanel view={view} list={data} isOld={list.isPlaceholderData} />
          </div>
        )}
      </Loaded>
    </>
  )
}
