import type { Notify } from './notify.ts'

/** What the service tells the service manager about itself (sd_notify(3)). */
export type Manager = {
  /** The work runs, at the start or after a reload. */
  readonly ready: () => void
  readonly reloading: () => void
  readonly stopping: () => void
  /** A sentence that `systemctl status` shows. */
  readonly status: (text: string) => void
}

/** `microseconds` reads CLOCK_MONOTONIC: systemd ignores the end of a reload that began before it asked. */
export function tellManager(notify: Notify, microseconds = () => process.hrtime.bigint() / 1000n): Manager {
  return {
    ready: () => notify('READY=1'),
    reloading: () => notify('RELOADING=1', `MONOTONIC_USEC=${microseconds()}`),
    stopping: () => notify('STOPPING=1'),
    status: (text) => notify(`STATUS=${text.replaceAll('\n', ' ')}`),
  }
}
