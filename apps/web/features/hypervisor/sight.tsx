import type { HypervisorHead } from '@slashzero/contract/page'
import { listSwitchedOff } from '@slashzero/contract/report'
import { formatCount } from '../../ui/words/format-count.ts'
import { Panel } from '../../ui/display/panel.tsx'

/** What the collector could not see on its last pass, why, and what would turn it on. */
export function Sight({ runs, probes }: Pick<HypervisorHead, 'runs' | 'probes'>) {
  const off = listSwitchedOff(probes)
  if (runs.length === 0 && off.length === 0) return null
  const failed = runs.filter(({ outcome }) => outcome === 'failed')
  return (
    <Panel
      title="What the collector cannot see here"
      note={
        failed.length === 0
          ? 'Nothing failed. What it does not look at is shown as not known, never as zero.'
          : `${formatCount(failed.length, 'probe')} could not read everything. What they would tell is shown as not known, never as zero.`
      }
    >
      <ul className="text-[13px]">
        {runs.map(({ probe, outcome, error, milliseconds }) => (
          <Item
            key={probe}
            name={probe}
            state={outcome === 'failed' ? 'failed' : 'nothing there to read'}
            isFailed={outcome === 'failed'}
          >
            {error ?? 'No reason was given.'} <span className="text-faint">({milliseconds.toFixed(1)} ms)</span>
          </Item>
        ))}
        {off.map(({ name, setting, sees }) => (
          <Item key={name} name={name} state="switched off">
            Would see {sees}. <code className="font-mono text-[12.5px]">{setting}</code> in its configuration turns it
            on.
          </Item>
        ))}
      </ul>
      {failed.some(({ error }) => error?.includes('CAP_')) && (
        <p className="border-t border-line px-4 py-2.5 text-[12.5px] text-muted">
          A right that is named above is given by <code className="font-mono">systemctl edit slashzero-collector</code>,
          in <code className="font-mono">AmbientCapabilities=</code> and{' '}
          <code className="font-mono">CapabilityBoundingSet=</code>. On the hypervisor,{' '}
          <code className="font-mono">slashzero-collector doctor</code> says what each one adds.
        </p>
      )}
    </Panel>
  )
}

function Item({
  name,
  state,
  isFailed = false,
  children,
}: {
  name: string
  state: string
  isFailed?: boolean
  children: React.ReactNode
}) {
  return (
    <li className="grid gap-x-4 gap-y-0.5 border-b border-line px-4 py-2 last:border-b-0 md:grid-cols-[10rem_10rem_minmax(0,1fr)]">
      <code className="font-mono text-[12.5px]">{name}</code>
      <span className={isFailed ? 'font-medium text-danger' : 'text-muted'}>{state}</span>
      <span className="min-w-0 text-muted">{children}</span>
    </li>
  )
}
