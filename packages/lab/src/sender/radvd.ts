import { writeFile } from 'node:fs/promises'
import type { Place } from '../place/place.ts'
import { type Daemon, startDaemon } from './daemon.ts'

/** A running radvd. */
export type Radvd = Daemon & {
  /** Sets the taps to serve: writes radvd.conf and sends SIGHUP, as an operator would. */
  reload(taps: readonly string[]): Promise<void>
}

/**
 * Starts radvd as Debian's unit does, for `taps`, which may appear later. Its log is `radvd.log` in `run`, the folder
 * that the hypervisor sees as /run.
 */
export async function startRadvd(
  place: Place,
  run: string,
  taps: readonly string[],
  routeLifetimeSeconds: number,
  intervalSeconds = SHORTEST_INTERVAL,
): Promise<Radvd> {
  const { program, configuration, pidFile } = place.radvd
  // A place has its own file system.
  const file = `/proc/${place.cell.pid}/root${configuration}`
  const configure = (names: readonly string[]) =>
    writeFile(file, names.map((name) => configureTap(name, routeLifetimeSeconds, intervalSeconds)).join('\n'), {
      mode: 0o644,
    })
  await configure(taps)
  const daemon = await startDaemon(place.cell, 'radvd', `${run}/radvd.log`, [
    program,
    ...OPTIONS,
    '--config',
    configuration,
    '--pidfile',
    pidFile,
  ])
  return Object.assign(daemon, {
    async reload(names: readonly string[]) {
      await configure(names)
      process.kill(daemon.pid, 'SIGHUP')
    },
  })
}

const OPTIONS = ['--nodaemon', '--logmethod', 'stderr_clean']

/** The shortest interval that radvd accepts. */
const SHORTEST_INTERVAL = 4

// Each tap is its own link with its own prefix.
function configureTap(tap: string, lifetime: number, interval: number): string {
  return `interface ${tap} {
  AdvSendAdvert on;
  IgnoreIfMissing on;
  MinRtrAdvInterval ${Math.floor(interval * 0.75)};
  MaxRtrAdvInterval ${interval};
  AdvDefaultLifetime ${lifetime};
  prefix fd12:0:0:${/\d*$/.exec(tap)?.[0] || '0'}::/64 { };
};`
}
