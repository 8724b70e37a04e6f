import { Prefetched } from '../../connection/prefetched.tsx'
import { VmAnswer } from './vm-answer.tsx'

/** One VM: whether it has ::/0, what each check found, its tap, and its push tokens. */
export function VmPage({ id }: { id: string }) {
  return (
    <Prefetched read={(queries, trpc) => [queries.prefetchQuery(trpc.vm.read.queryOptions({ id }))]}>
      <VmAnswer id={id} />
    </Prefetched>
  )
}
