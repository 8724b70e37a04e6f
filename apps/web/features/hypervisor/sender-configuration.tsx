import type { PassProbe, ProbeRun } from '@slashzero/contract/report'
import type { HypervisorSender } from '@slashzero/contract/page'
import { TriangleAlert } from 'lucide-react'
import { describeGroup, describeRest } from './describe-configuration.ts'
import { Age } from '../../ui/display/age.tsx'
import { InlineName } from '../../ui/display/name.tsx'

/** What a sender advertises by its configuration, or why that is not known. */
export function SenderConfiguration({
  sender: { configuration, daemon },
  runs,
  isSimulated,
}: {
  sender: HypervisorSender
  runs: readonly ProbeRun[]
  isSimulated: boolean
}) {
  if (configuration === null) {
    if (isSimulated) return <p className="text-muted">A simulated sender has no configuration.</p>
    const why =
      runs.find(({ probe }) => probe === ('configurations' satisfies PassProbe))?.error ??
      `the collector cannot read the configuration of ${daemon}`
    return <p className="text-muted">Configuration not known: {why}.</p>
  }
  const { path, readAt, changedAt, newerThanProcess, groups } = configuration
  const rest = describeRest(configuration)
  return (
    <>
      <p className="text-muted">
        Configuration <InlineName>{path}</InlineName>, changed <Age at={changedAt} />, read <Age at={readAt} />:
      </p>
      <ul>
        {groups.length === 0 && <li>No settings for any tap here.</li>}
        {groups.map((group) => {
          const words = describeGroup(group)
          return <li key={words}>{words}</li>
        })}
        {rest !== null && <li>{rest}</li>}
      </ul>
      {newerThanProcess !== false && (
        <p className={`mt-0.5 flex items-start gap-1 ${newerThanProcess ? 'text-warn' : 'text-muted'}`}>
          {newerThanProcess && <TriangleAlert aria-hidden size={13} className="mt-0.5 shrink-0" />}
          {newerThanProcess
            ? 'The file changed after the sender’s start: the sender may run with other settings.'
            : 'The sender’s start is not known: the sender may run with other settings.'}
        </p>
      )}
    </>
  )
}
