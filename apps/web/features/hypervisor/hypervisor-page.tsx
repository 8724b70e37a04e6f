import type { HeadroomRange } from '@slashzero/contract/page'
import { Prefetched, type Queries } from '../../connection/prefetched.tsx'
import type { Procedures } from '../../connection/procedures.ts'
import { PanelSkeleton } from '../../ui/display/skeleton.tsx'
import { Streamed } from '../../ui/display/streamed.tsx'
import { fitRange, readRange } from '../headroom/choose-line.ts'
import { HistoryPanel } from './history-panel.tsx'
import { HypervisorAnswer } from './hypervisor-answer.tsx'
import { HypervisorTaps } from './hypervisor-taps.tsx'
import { HypervisorVms } from './hypervisor-vms.tsx'
import { sendersQueryOf, tapsQueryOf, vmsQueryOf } from './panel-queries.ts'
import { Senders } from './senders.tsx'

/** The history over the range of the URL, otherwise over the part of the last day that has figures. */
async function readHistory(
  queries: Queries,
  trpc: Procedures,
  id: string,
  wanted: HeadroomRange | null,
): Promise<void> {
  const over = (range: HeadroomRange) => trpc.hypervisor.headroom.queryOptions({ id, range })
  if (wanted === null) await queries.prefetchQuery(over('24h'))
  const range = wanted ?? fitRange(queries.getQueryData(over('24h').queryKey))
  await queries.prefetchQuery({ ...over(range), staleTime: Infinity })
}

/** One hypervisor: the state of its VMs, how full its senders are and were, and every tap. */
export function HypervisorPage({ id, params }: { id: string; params: URLSearchParams }) {
  const cursorOf = (name: string) => params.get(name) ?? undefined
  return (
    <Prefetched read={(queries, trpc) => [queries.prefetchQuery(trpc.hypervisor.head.queryOptions({ id }))]}>
      <HypervisorAnswer
        id={id}
        history={
          <Streamed
            failed="The history could not be shown."
            skeleton={<PanelSkeleton label="Reading the history" className="h-[31rem]" />}
            read={(queries, trpc) => [
              queries.prefetchQuery(trpc.hypervisor.senders.queryOptions(sendersQueryOf(id))),
              readHistory(queries, trpc, id, readRange(params)),
            ]}
          >
            <HistoryPanel id={id} />
          </Streamed>
        }
        senders={
          <Streamed
            failed="The senders could not be shown."
            skeleton={<PanelSkeleton label="Reading the senders" />}
            read={(queries, trpc) => [
              queries.prefetchQuery(trpc.hypervisor.senders.queryOptions(sendersQueryOf(id, cursorOf('senders')))),
            ]}
          >
            <Senders id={id} />
          </Streamed>
        }
        vms={
          <Streamed
            failed="The VMs could not be shown."
            skeleton={<PanelSkeleton label="Reading the VMs" className="h-[36rem]" />}
            read={(queries, trpc) => [
              queries.prefetchQuery(trpc.vm.page.queryOptions(vmsQueryOf(id, cursorOf('vms')))),
            ]}
          >
            <HypervisorVms id={id} />
          </Streamed>
        }
        taps={
          <Streamed
            failed="The taps could not be shown."
            skeleton={<PanelSkeleton label="Reading the taps" className="h-[36rem]" />}
            read={(queries, trpc) => [
              queries.prefetchQuery(trpc.hypervisor.taps.queryOptions(tapsQueryOf(id, cursorOf('taps')))),
            ]}
          >
            <HypervisorTaps id={id} />
          </Streamed>
        }
      />
    </Prefetched>
  )
}
