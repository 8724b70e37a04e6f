import { openNotify } from './notify.ts'

/**
 * Tells systemd twice in each watchdog interval that the event loop runs, if the unit asks (sd_watchdog_enabled(3)), so
 * that a lost message does no harm. Never keeps the process running.
 */
export function keepWatchdog(
  variables: { readonly [name: string]: string | undefined },
  pid: number,
  repeat = repeatInBackground,
): void {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: microseconds, WATCHDOG_PID: meant } = variables
  const interval = Number(microseconds) / 1000
  if (socket === undefined || !(interval > 0) || (meant !== undefined && Number(meant) !== pid)) return
  const notify = openNotify(socket)
  const tell = () => notify('WATCHDOG=1')
  tell()
  repeat(tell, interval / 2)
}

function repeatInBackground(work: () => void, milliseconds: number): void {
  setInterval(work, milliseconds).unref()
}
