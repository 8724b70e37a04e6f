import type { VmDetail } from '@slashzero/contract/page'
import { Cable } from 'lucide-react'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { formatCount } from '../../ui/words/format-count.ts'
import { TapsTable } from '../tap/taps-table.tsx'

/** The taps of one VM: few, so the panel has one page. */
export function VmTaps({ taps, probes }: Pick<VmDetail, 'taps' | 'probes'>) {
  return (
    <Panel title="Taps" note={formatCount(taps.length, 'tap')}>
      {taps.length === 0 ? (
        <EmptyState icon={Cable} title="The last report named no tap." />
      ) : (
        <TapsTable taps={taps} probes={probes} />
      )}
    </Panel>
  )
}
