'use client'

import { useState } from 'react'
import { Button } from '../../ui/control/button.tsx'
import { CopyButton } from '../../ui/control/copy-button.tsx'
import { LoopbackWarning } from '../../ui/display/loopback-warning.tsx'

type System = 'unix' | 'windows'

const systems: Record<System, string> = { unix: 'Linux, BSD, macOS', windows: 'Windows' }

/** The commands to run in the VM as root or administrator, with the address of this server. */
export function PushCommand({ token }: { token: string }) {
  const [system, setSystem] = useState<System>('unix')
  const { origin } = window.location
  const command = (system === 'unix' ? unixCommand : windowsCommand)(origin, token)
  return (
    <div className="border-b border-line">
      <div className="flex flex-wrap items-center justify-between gap-3 px-4 pt-3">
        <p className="text-[13px]">
          Run this in the VM as {system === 'unix' ? 'root' : 'administrator'}. This page shows the token once.
        </p>
        <fieldset aria-label="Operating system of the VM" className="flex gap-1">
          {(['unix', 'windows'] as const).map((choice) => (
            <Button
              key={choice}
              look={choice === system ? 'plain' : 'quiet'}
              aria-pressed={choice === system}
              onClick={() => setSystem(choice)}
            >
              {systems[choice]}
            </Button>
          ))}
        </fieldset>
      </div>
      <pre className="px-4 py-3 font-mono text-[12.5px] leading-relaxed whitespace-pre-wrap">
        <code>{command}</code>
      </pre>
      <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-4 py-2.5 text-[12.5px] text-muted">
        <div className="min-w-0 flex-1 basis-72">
          The script pushes once. <code className="font-mono">{system === 'unix' ? '--help' : '-Help'}</code> shows how
          to push every minute. Checksums:{' '}
          <code className="font-mono break-all">{origin}/install/guest/SHA256SUMS</code>
          <LoopbackWarning machine="another machine" />
        </div>
        <CopyButton text={command} label="Copy command" />
      </div>
    </div>
  )
}

function unixCommand(origin: string, token: string): string {
  return [
    `curl -fsS -o /usr/local/sbin/slashzero-push.sh ${origin}/install/guest/slashzero-push.sh`,
    '(umask 077 && cat >/etc/slashzero-push) <<.',
    origin,
    token,
    '.',
    'sh /usr/local/sbin/slashzero-push.sh',
  ].join('\n')
}

/** Any user may create files in that folder, so the file is closed to others before the token is written. */
function windowsCommand(origin: string, token: string): string {
  return [
    'cd C:\\ProgramData',
    'Remove-Item -Force -ErrorAction Ignore slashzero-push.ps1, slashzero-push.txt',
    `Invoke-WebRequest -UseBasicParsing ${origin}/install/guest/slashzero-push.ps1 -OutFile slashzero-push.ps1`,
    'New-Item slashzero-push.txt | Out-Null',
    'icacls slashzero-push.txt /inheritance:r /grant "*S-1-5-18:F" "*S-1-5-32-544:F"',
    `Set-Content slashzero-push.txt '${origin}', '${token}'`,
    'powershell -NoProfile -ExecutionPolicy Bypass -File slashzero-push.ps1',
  ].join('\n')
}
