import { type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { type Cell, childOf } from '../cell/start.ts'

/** A running radvd. */
export type Radvd = {
  /** Its process, as this machine numbers it; another after each restart. */
  readonly pid: number
  /** Serves these taps from now on: writes radvd.conf and sends SIGHUP, as an operator would. */
  reload(taps: readonly string[]): Promise<void>
  restart(): Promise<void>
}

/**
 * Starts radvd inside a hypervisor, run as Debian's unit runs it. Its messages go to `radvd.log` in `run`.
 *
 * @param run the folder that the hypervisor sees as /run
 * @param taps the interfaces it serves; those that do not exist yet are served when they appear
 */
export async function startRadvd(
  cell: Cell,
  run: string,
  taps: readonly string[],
  routeLifetimeSeconds: number,
): Promise<Radvd> {
  const configure = (names: readonly string[]) =>
    writeFile(`${run}/radvd.conf`, names.map((name) => configuration(name, routeLifetimeSeconds)).join('\n'))
  await configure(taps)
  const log = openSync(`${run}/radvd.log`, 'a')
  let child = start(cell, log)
  await once(child, 'spawn')
  return {
    get pid() {
      return childOf(child)
    },
    async reload(names) {
      await configure(names)
      process.kill(childOf(child), 'SIGHUP')
    },
    async restart() {
      const ended = once(child, 'exit')
      process.kill(childOf(child), 'SIGTERM')
      await ended
      child = start(cell, log)
      await once(child, 'spawn')
    },
  }
}

function start(cell: Cell, log: number): ChildProcess {
  return cell.spawn('radvd', [...OPTIONS, '--config', '/run/radvd.conf', '--pidfile', '/run/radvd.pid'], {
    stdio: ['ignore', log, log],
  })
}

const OPTIONS = ['--nodaemon', '--logmethod', 'stderr_clean']

// The shortest intervals that radvd accepts. Each tap is a link of its own, with a prefix of its own.
function configuration(tap: string, lifetime: number): string {
  return `interface ${tap} {
  AdvSendAdvert on;
  IgnoreIfMissing on;
  MinRtrAdvInterval 3;
  MaxRtrAdvInterval 4;
  AdvDefaultLifetime ${lifetime};
  prefix fd12:0:0:${/\d*$/.exec(tap)?.[0] || '0'}::/64 { };
};`
}
