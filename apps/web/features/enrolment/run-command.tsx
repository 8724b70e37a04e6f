import { useQuery } from '@tanstack/react-query'
import { formatCount } from '../../ui/words/format-count.ts'
import { Skeleton } from '../../ui/display/skeleton.tsx'
import { CopyButton } from '../../ui/control/copy-button.tsx'
import type { Enrolment } from './enrolment-form.tsx'
import { LoopbackWarning } from '../../ui/display/loopback-warning.tsx'

/** The command to run on the hypervisor, with the address of this server. */
export function RunCommand({ enrolment: { token, uses, hours } }: { enrolment: Enrolment }) {
  const { origin } = window.location
  const packages = useQuery({ queryKey: ['collector-packages'], queryFn: readPackages, retry: false })
  const command = packages.data
    ? `curl -fsS ${origin}/install/collector.sh | sudo SLASHZERO_ENROLMENT_TOKEN=${token} sh`
    : `SLASHZERO_ENROLMENT_TOKEN=${token} npx slashzero-collector run --server ${origin}`
  if (packages.isPending) return <Skeleton className="h-40" />
  return (
    <div className="rounded-xl border border-line bg-panel">
      <pre className="overflow-x-auto px-4 py-3 font-mono text-[12.5px] leading-relaxed whitespace-pre-wrap">
        <code>{command}</code>
      </pre>
      <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-4 py-2.5">
        <p className="min-w-0 flex-1 basis-72 text-[12.5px] text-muted">
          This token is shown once and valid for {formatCount(uses, 'hypervisor')}, {formatCount(hours, 'hour')}.
        </p>
        <CopyButton text={command} label="Copy command" />
      </div>
      <div className="border-t border-line px-4 py-2.5 text-[12.5px] text-muted">
        {packages.data ? (
          <>
            <p>
              Installs the collector on Linux with the GNU C library (x86-64 or arm64) and starts its service. The
              service has its own user and the two rights that it needs to measure. Run the command again to upgrade:
              configuration and unsent reports stay.
            </p>
            <details className="mt-1.5">
              <summary className="w-fit hover:text-ink">
                Packages on this server, with the SHA-256 checksums that the script verifies
              </summary>
              <pre className="mt-1 font-mono text-[11.5px] leading-relaxed break-all whitespace-pre-wrap">
                {packages.data}
              </pre>
            </details>
          </>
        ) : (
          <p>
            {packages.isError && 'The list of packages could not be read. '}
            Run the command as root in a checkout of Slashzero with Node 20 or later. Without root the collector still
            reports, and says what it cannot measure. To install from packages instead, run{' '}
            <code className="font-mono">npm run package</code> on the server.
          </p>
        )}
        <LoopbackWarning machine="another hypervisor" />
      </div>
    </div>
  )
}

/** The collector packages on this server in the format of `sha256sum`; empty if there are none. */
async function readPackages(): Promise<string> {
  const response = await fetch('/install/SHA256SUMS')
  if (response.ok) return (await response.text()).trim()
  if (response.status === 404) return ''
  throw new Error(`The server answered ${response.status}.`)
}
