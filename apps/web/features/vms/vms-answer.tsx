'use client'

import { useWatched } from '../../connection/live/use-watched.ts'
import { Loaded } from '../../ui/display/loaded.tsx'
import { SentenceSkeleton } from '../../ui/display/skeleton.tsx'
import { useUrlState } from '../../ui/view/use-url-state.ts'
import { titleOfVms } from './describe-vms.ts'
import { readVmView } from './read-vm-view.ts'
import { useTally } from './use-tally.ts'
import { VmsSentence } from './vms-sentence.tsx'

/** The answer of the list in words, and the title of the tab. */
export function VmsAnswer() {
  const { params } = useUrlState()
  const view = readVmView(params)
  const tally = useTally(view)
  useWatched({ totals: true })
  return (
    <>
      <title>{titleOfVms(tally.isPlaceholderData ? null : (tally.data ?? null), view)}</title>
      <Loaded
        query={tally}
        failed="The VMs could not be counted."
        skeleton={<SentenceSkeleton label="Counting the VMs" />}
      >
        {(data) => <VmsSentence view={view} tally={data} />}
      </Loaded>
    </>
  )
}
