import { Prefetched } from '../../connection/prefetched.tsx'
import { HypervisorView } from './hypervisor-view.tsx'

/** One hypervisor, with its answer in the first HTML. */
export function HypervisorPage({ id }: { id: string }) {
  return (
    <Prefetched read={(queries, trpc) => [queries.prefetchQuery(trpc.hypervisor.read.queryOptions({ id }))]}>
      <HypervisorView id={id} />
    </Prefetched>
  )
}
