import { writeFile } from 'node:fs/promises'
import type { Place } from '../place/place.ts'
import { type Daemon, startDaemon } from './daemon.ts'

/** A running radvd. */
export type Radvd = Daemon & {
  /** Serves these taps from now on: writes radvd.conf and sends SIGHUP, as an operator would. */
  reload(taps: readonly string[]): Promise<void>
}

/**
 * Starts radvd in its place, run as Debian's unit runs it. Its messages go to `radvd.log` in `run`.
 *
 * @param run the folder that the hypervisor sees as /run
 * @param taps the interfaces it serves; those that do not exist yet are served when they appear
 */
export async function startRadvd(
  place: Place,
  run: string,
  taps: readonly string[],
  routeLifetimeSeconds: number,
  intervalSeconds = SHORTEST_INTERVAL,
): Promise<Radvd> {
  const { program, configuration, pidFile } = place.radvd
  // A place has a file system of its own.
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

/** Of those that radvd accepts. */
const SHORTEST_INTERVAL = 4

// Each tap is a link of its own, with a prefix of its own.
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
