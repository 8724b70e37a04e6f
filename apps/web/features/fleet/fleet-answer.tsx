'use client'

import dynamic from 'next/dynamic'
import { useWatched } from '../../connection/live/use-watched.ts'
import { Loaded } from '../../ui/display/loaded.tsx'
import { SentenceSkeleton } from '../../ui/display/skeleton.tsx'
import { titleOfFleet } from './describe-fleet.ts'
import { FleetSentence } from './fleet-sentence.tsx'
import { useSummary } from './use-summary.ts'

const EmptyFleet = dynamic(() => import('./empty-fleet.tsx').then((module) => module.EmptyFleet))

/** The answer of the fleet page in words, or how to begin. */
export function FleetAnswer() {
  const summary = useSummary()
  const { worst, next } = summary.data ?? {}
  useWatched({ totals: true, hypervisors: [worst, next].flatMap((row) => row?.id ?? []) })
  return (
    <>
      <title>{titleOfFleet(summary.data ?? null)}</title>
      <Loaded
        query={summary}
        failed="The fleet could not be read."
        skeleton={<SentenceSkeleton label="Reading the fleet" />}
      >
        {(data) =>
          data.watchesNothing ? <EmptyFleet idle={data.totals.hypervisors} /> : <FleetSentence summary={data} />
        }
      </Loaded>
    </>
  )
}
