import type { ProbeRun } from '@slashzero/contract'
import { Panel } from '../display/panel.tsx'
import { formatCount } from '../../client/format/format-count.ts'

/** What the collector could not read on its last pass, and why; absent where it read everything. */
export function FailedProbes({ runs }: { runs: readonly ProbeRun[] }) {
  if (runs.length === 0) return null
  return (
    <Panel title={`${formatCount(runs.length, 'probe')} could not read everything`} note="What they would tell is shown as not known, never as zero.">
      <ul>
        {runs.map(({ probe, outcome, error, milliseconds }) => (
          <li key={`${probe} ${error ?? ''}`} className="flex flex-wrap gap-x-4 gap-y-0.5 border-b border-line px-4 py-2 text-[13px] last:border-b-0">
            <code className="font-mono">{probe}</code>
            <span className={outcome === 'failed' ? 'text-danger' : 'text-muted'}>{outcome === 'failed' ? 'failed' : 'nothing there to read'}</span>
            <span className="min-w-0 flex-1 basis-60 text-muted">{error ?? 'no reason given'}</span>
            <span className="text-faint">{milliseconds.toFixed(1)} ms</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
