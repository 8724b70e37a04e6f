import type { SocketState, TapState } from '@slashzero/core'
import type { Manager } from '@slashzero/linux'
import type { Step } from './diagnosis.ts'

/** What the steps depend on beside the verdicts. */
export type Surroundings = {
  /** Whether doctor runs as root, so that `sudo` adds nothing. */
  readonly isRoot: boolean
  /** Inode of the network namespace that doctor runs in; null where it could not be read. */
  readonly ownNamespace: number | null
  /** What keeps a sender running, by pid; unknown for a missing pid. */
  readonly managers: ReadonlyMap<number, Manager>
  /** The configuration file that a sender was seen to read, by pid, in the sender's own file system. */
  readonly configurations: ReadonlyMap<number, string>
}

/** The next commands for a sender socket that is full, nearly full, or leaks; the most helpful first. */
export function stepsForSocket(socket: SocketState, surroundings: Surroundings): Step[] {
  const blocked = socket.sendsBlocked === true || socket.joinsLeft === 0
  const stale = socket.staleMemberships
  const restart = restartStep(socket, surroundings)
  const raise = raiseStep(socket, surroundings)
  if (socket.executableDeleted) return [restart, ...(blocked ? [raise] : [])]
  if (stale === 0) return [raise, ...(blocked ? [retryStep(socket)] : [])]
  if (stale === null) return [raise, restart]
  return [restart, ...(blocked ? [raise] : []), ...upgradeStep(socket)]
}

/** Commands that show why an interface is not served although its sender's socket has room. */
export function stepsForTap(tap: TapState, socket: SocketState | undefined, surroundings: Surroundings): Step[] {
  const enter = entrance(tap.namespaceId, tap.namespaceName, socket?.pid ?? null, surroundings)
  const name = quote(tap.name)
  switch (tap.status) {
    case 'not-joined':
      return [
        ...searchStep(tap, socket, surroundings),
        {
          command: `${enter}ip -6 addr show dev ${name} scope link`,
          why: 'a sender waits for a link-local address that is neither tentative nor dadfailed',
        },
        ...(socket === undefined ? [] : [retryStep(socket)]),
      ]
    case 'unanswered-solicitations':
      return [
        {
          command: `${enter}tcpdump -c 10 -ni ${name} 'icmp6 and (ip6[40] == 133 or ip6[40] == 134)'`,
          why: 'shows the solicitations, type 133, and whether anything answers them with type 134',
        },
        ...(socket === undefined ? [] : [restartStep(socket, surroundings)]),
      ]
    case 'sends-blocked':
      return socket === undefined ? [] : stepsForSocket(socket, surroundings)
    case 'no-sender':
      return [
        {
          command: null,
          why: 'start the daemon that should serve the tap; if OVN or another router answers, all is well',
        },
      ]
    case 'served':
    case 'unknown':
      return [
        {
          command: 'ip -6 route show default; sysctl net.ipv6.conf.all.forwarding net.ipv6.conf.default.accept_ra',
          why: GUEST,
        },
      ]
    default:
      return tap.status satisfies never
  }
}

/** A search for the tap, or its bridge, in the sender's configuration. */
function searchStep({ name }: TapState, socket: SocketState | undefined, surroundings: Surroundings): Step[] {
  if (socket === undefined) return []
  const { daemon, pid, namespaceId } = socket
  const { ownNamespace, managers, configurations } = surroundings
  const usual = daemon === 'radvd' && namespaceId === ownNamespace ? '/etc/radvd.conf' : null
  const path = configurations.get(pid) ?? usual
  if (path === null) return []
  const root = managers.get(pid)?.kind === 'container' ? `/proc/${pid}/root` : ''
  return [
    {
      command: `grep -n -- ${quote(name)} ${quote(root + path)}`,
      why: `${daemon} joins on the interfaces that its configuration names, the tap or its bridge`,
    },
  ]
}

const GUEST =
  'run in a Linux guest: accept_ra=0, or accept_ra=1 with forwarding=1, makes the guest ignore advertisements; ' +
  'a firewall that drops ICMPv6 type 134 does the same'

function restartStep(socket: SocketState, { ownNamespace, managers }: Surroundings): Step {
  const { daemon, pid, namespaceName } = socket
  const stale = socket.staleMemberships ?? 0
  const gives =
    stale > 0
      ? `frees the ${stale} stale memberships, joins every tap again and advertises at once`
      : 'joins every tap again and advertises at once'
  const why = socket.executableDeleted
    ? `the executable was replaced and the old one still runs; a restart runs the new one, and ${gives}`
    : gives
  const manager = managers.get(pid)
  if (manager?.kind === 'container') return { command: `${manager.runtime} restart ${manager.id}`, why }
  if (manager?.kind === 'unit' && isUnitOf(manager.unit, daemon))
    return { command: `systemctl restart ${quote(manager.unit)}`, why }
  if (namespaceName?.startsWith('qrouter-') === true)
    return { command: `kill ${pid}`, why: `neutron restarts the daemon; ${why}` }
  if (manager === undefined && socket.namespaceId === ownNamespace) {
    return {
      command: `systemctl restart ${quote(daemon)}`,
      why: `${why}; no systemd unit was found for pid ${pid}: if the command fails, restart the daemon the way it was started`,
    }
  }
  return { command: `kill ${pid}`, why: `then start ${daemon} again the way it was started; the restart ${why}` }
}

/**
 * A daemon that another program started, such as libvirt's dnsmasq, is in the program's unit: do not restart the
 * unit for the daemon.
 */
function isUnitOf(unit: string, daemon: string): boolean {
  return unit.startsWith(daemon) || (daemon === 'zebra' && unit.startsWith('frr'))
}

function raiseStep(socket: SocketState, surroundings: Surroundings): Step {
  const { namespaceId, namespaceName, pid, optmemMaxSource } = socket
  const limit = Math.max(131_072, 2 ** Math.ceil(Math.log2((socket.optmemMaxBytes ?? 0) * 4)))
  // Before Linux 6.8 all namespaces share one limit, and only the first namespace can set the limit.
  const enter = optmemMaxSource === 'init' ? '' : entrance(namespaceId, namespaceName, pid, surroundings)
  const kept =
    enter === ''
      ? 'add the setting to /etc/sysctl.d to keep it after a reboot'
      : 'no file in /etc/sysctl.d reaches this namespace: set the limit again when the namespace is created again'
  return {
    command: `${enter}sysctl -w net.core.optmem_max=${limit}`,
    why: `makes room at once, without a restart; ${kept}`,
  }
}

function retryStep({ daemon, pid }: SocketState): Step {
  return { command: `kill -HUP ${pid}`, why: `makes ${daemon} retry the failed joins` }
}

function upgradeStep({ daemon, version }: SocketState): Step[] {
  if (daemon === 'radvd') {
    return [
      {
        command: null,
        why: `upgrade radvd to 2.20 or later, which leaves the group on a deleted tap; the running version is ${version ?? 'unknown'}`,
      },
    ]
  }
  return [
    {
      command: null,
      why: `${daemon} will leak again: look for a release that leaves ff02::2 when a tap is deleted, or restart the daemon now and then`,
    },
  ]
}

/** The prefix of a command that runs in another network namespace. */
function entrance(id: number, name: string | null, pid: number | null, { ownNamespace }: Surroundings): string {
  if (id === ownNamespace) return ''
  if (name !== null) return `ip netns exec ${quote(name)} `
  return pid === null ? '' : `nsenter -t ${pid} -n `
}

/** For a shell. */
export function quote(text: string): string {
  return /^[\w.@:+/-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
