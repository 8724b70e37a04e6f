import { isFull } from '@slashzero/core'
import type { SocketState, TapState } from '@slashzero/core'
import type { Manager } from '@slashzero/linux'
import type { Step } from './diagnosis.ts'

/** What the steps depend on beside the verdicts. */
export type Surroundings = {
  /** Whether doctor runs as root, so that `sudo` adds nothing. */
  readonly isRoot: boolean
  /** Inode of the network namespace that doctor runs in; null if it could not be read. */
  readonly ownNamespace: number | null
  /** What keeps a sender running, by pid; unknown for a missing pid. */
  readonly managers: ReadonlyMap<number, Manager>
  /** The configuration file of a sender, by pid, in the sender's own file system. */
  readonly configurations: ReadonlyMap<number, string>
  /** Senders in a container of any kind, by pid: their files, units and commands are not the host's. */
  readonly contained: ReadonlySet<number>
}

/** A tap with what its report says of the interface where the sender hears it and of the sender's configuration. */
export type TapCase = {
  readonly tap: TapState
  /** A sender socket of the tap's namespace. */
  readonly socket: SocketState | undefined
  /** The interface on which the sender must join: the tap or its bridge. */
  readonly listener: string
  /** Whether the sender's configuration serves the listener; null if the configuration is unknown. */
  readonly configured: boolean | null
  /** Whether the sender refuses its configuration. */
  readonly refused: boolean
}

/**
 * The next commands for a sender socket that is full, nearly full, or leaks; the least harmful first. `refused` tells
 * that the sender refuses its configuration, so that a reload or a restart would end the sender.
 */
export function stepsForSocket(socket: SocketState, surroundings: Surroundings, refused: boolean): Step[] {
  const full = isFull(socket)
  const isLeaky = (socket.staleMemberships ?? 0) > 0
  const raise = raiseStep(socket, surroundings)
  const restart = restartStep(socket, surroundings, refused)
  // No reload: its check would run the installed executable, which may accept what the running one refuses.
  if (socket.executableDeleted) return full || socket.staleMemberships !== 0 ? [raise, restart] : [restart]
  const room = full ? [raise, ...reloadStep(socket, surroundings, refused)] : [raise]
  return isLeaky ? [...room, ...upgradeStep(socket), restart] : room
}

/** Commands that show and mend why VMs behind a tap get no advertisements although the sender's socket has room. */
export function stepsForTap(one: TapCase, surroundings: Surroundings): Step[] {
  const { tap, socket, listener, refused } = one
  const enter = tapEntrance(tap, socket, surroundings)
  const reload = socket === undefined ? [] : reloadStep(socket, surroundings, refused)
  switch (tap.status) {
    case 'not-joined': {
      const configuration = configurationStep(one, surroundings)
      const [correction] = correctionStep(one, surroundings)
      // A tap without an entry is not served, whatever its address.
      const address = one.configured === false || enter === null ? [] : addressSteps(one, enter)
      return [...(correction === undefined ? [...address, ...configuration] : [correction, ...address]), ...reload]
    }
    case 'unanswered-solicitations':
      return [...(enter === null ? [] : [solicitationStep(listener, enter)]), ...reload]
    case 'sends-blocked':
      return socket === undefined ? [] : stepsForSocket(socket, surroundings, refused)
    case 'no-sender':
      return [say('start the daemon that should serve the tap; if OVN or another router answers, all is well')]
    case 'served':
    case 'unknown':
      return [...correctionStep(one, surroundings), GUEST]
    default:
      return tap.status satisfies never
  }
}

function solicitationStep(listener: string, enter: string): Step {
  return {
    action: 'show-solicitations',
    command: `${enter}timeout 60 tcpdump -c 10 -ni ${quote(listener)} 'icmp6 and (ip6[40] == 133 or ip6[40] == 134)'`,
    why: 'shows the solicitations, type 133, and whether anything answers them with type 134',
  }
}

/** Turns on the router flag of neighbour advertisements on each tap, and on nothing else. */
export function stepForForwarding(
  taps: readonly TapState[],
  sockets: readonly SocketState[],
  surroundings: Surroundings,
): Step[] {
  const why = "marks this host as a router on the tap, without a change of the host's own routes"
  return taps.slice(0, MAX_COMMANDS).map((tap) => {
    const socket = sockets.find(({ namespaceId }) => namespaceId === tap.namespaceId)
    const enter = tapEntrance(tap, socket, surroundings)
    if (enter === null) return say(`turn on forwarding of ${tap.name} in its network namespace: this ${why}`)
    return { action: 'turn-on-forwarding', command: `${enter}sysctl -w ${setting(tap.name, 'forwarding')}=1`, why }
  })
}

const MAX_COMMANDS = 8

/**
 * A sender joins only on an interface with IPv6 and with a link-local address that duplicate detection has accepted.
 */
function addressSteps({ tap, listener, configured }: TapCase, enter: string): Step[] {
  const why = 'a sender waits for a link-local address that is neither tentative nor dadfailed'
  const look: Step = {
    action: 'show-addresses',
    command: `${enter}ip -6 addr show dev ${quote(listener)} scope link`,
    why,
  }
  // IPv6 is often off on purpose, unless the sender is configured to serve the interface.
  if (tap.ipv6Disabled !== true || configured !== true) return [look]
  const [ignore, on] = [`${setting(listener, 'accept_ra')}=0`, `${setting(listener, 'disable_ipv6')}=0`]
  const reason = `IPv6 is off on ${listener}; with accept_ra=0, the host takes no route from a VM`
  return [{ action: 'turn-on-ipv6', command: `${enter}sysctl -w ${ignore} ${on}`, why: reason }, look]
}

/** What to write into the sender's configuration, or where to look. */
function configurationStep(one: TapCase, surroundings: Surroundings): Step[] {
  const { socket, listener, configured } = one
  const path = socket === undefined ? undefined : configurationOf(socket, surroundings)
  if (socket === undefined || path === undefined) return []
  if (configured === false) return [say(`add ${listener} to ${path}, with the settings of the other interfaces`)]
  const why = `${socket.daemon} joins on the interfaces that its configuration names, the tap or its bridge`
  if (surroundings.contained.has(socket.pid)) return [say(`look for ${listener} in ${path} in the container: ${why}`)]
  return [{ action: 'show-entry', command: `grep -n -- ${quote(listener)} ${quote(path)}`, why }]
}

/** A served tap whose advertisements or configuration leave VMs without a default route. */
function correctionStep({ tap, socket, refused }: TapCase, surroundings: Surroundings): Step[] {
  const path = socket === undefined ? undefined : configurationOf(socket, surroundings)
  if (socket === undefined || path === undefined || tap.memory.harmful?.includes(path) !== true) return []
  const reload = reloadStep(socket, surroundings, refused)
  return [say(`correct ${path}${reload.length === 0 ? '' : ', then load it'}`), ...reload]
}

const GUEST: Step = {
  action: 'show-guest',
  command:
    'ip -6 route show default; grep . /proc/sys/net/ipv6/conf/*/accept_ra /proc/sys/net/ipv6/conf/*/accept_ra_defrtr /proc/sys/net/ipv6/conf/*/forwarding',
  why:
    'run in a Linux guest: accept_ra=0, accept_ra_defrtr=0, or accept_ra=1 with forwarding=1 on its interface makes the guest ' +
    'ignore the router; a firewall that drops ICMPv6 type 134 does the same',
}

/**
 * The daemon's own check of its configuration, before a command that makes the daemon read the configuration: a radvd
 * that cannot read the configuration at a reload ends. Null if there is no file to check, or no way to its container.
 */
function checkCommand(socket: SocketState, surroundings: Surroundings): string | null {
  const check = CHECKS.get(socket.daemon)
  const path = configurationOf(socket, surroundings)
  const enter = enterContainer(socket, surroundings)
  return check === undefined || path === undefined || enter === null ? null : `${enter}${check} ${quote(path)}`
}

/**
 * The prefix of a command in the sender's file system; null for a container that no command enters. Root runs no
 * program of a container outside the container, so nsenter is not an answer.
 */
function enterContainer({ pid }: SocketState, { contained, managers }: Surroundings): string | null {
  const manager = managers.get(pid)
  if (manager?.kind === 'container') return `${CONTAINER_ENTRANCES[manager.runtime]}${manager.id} `
  return contained.has(pid) ? null : ''
}

const CHECKS: ReadonlyMap<string, string> = new Map([
  ['radvd', 'radvd -c -C'],
  ['dnsmasq', 'dnsmasq --test -C'],
])

function configurationOf({ daemon, pid, namespaceId }: SocketState, surroundings: Surroundings): string | undefined {
  const usual = daemon === 'radvd' && namespaceId === surroundings.ownNamespace ? '/etc/radvd.conf' : undefined
  return surroundings.configurations.get(pid) ?? usual
}

/** The step for a sender that refuses its configuration. */
export function checkStep(socket: SocketState, surroundings: Surroundings): Step {
  const command = checkCommand(socket, surroundings)
  const rest = `correct the file, and do not reload or restart ${socket.daemon} before the check passes`
  return command === null ? say(rest) : { action: 'check', command, why: `shows the error; ${rest}` }
}

/** radvd alone joins again when it reloads; a reload leaves the routes of VMs alone (measured with 2.19). */
function reloadStep(socket: SocketState, surroundings: Surroundings, refused: boolean): Step[] {
  const { daemon, pid } = socket
  if (refused) return [checkStep(socket, surroundings)]
  const check = checkCommand(socket, surroundings)
  if (daemon !== 'radvd' || check === null) return []
  return [
    {
      action: 'reload',
      command: `${check} && kill -HUP ${pid}`,
      why: 'makes radvd read its configuration and retry the failed joins',
    },
  ]
}

/**
 * radvd ends the default route of every VM when it stops in order (a farewell with router lifetime 0). Killed, radvd
 * says nothing, and the VMs keep the route until the next radvd advertises.
 */
function restartStep(socket: SocketState, surroundings: Surroundings, refused: boolean): Step {
  if (refused) return checkStep(socket, surroundings)
  const { daemon, pid, namespaceName } = socket
  const why = restartReason(socket)
  const besides = RESTARTS_BESIDES.get(daemon)
  if (besides !== undefined) return say(`restart ${daemon} at a quiet time: it ${besides}; it ${why}`)
  const check = checkCommand(socket, surroundings)
  const guard = check === null ? '' : `${check} && `
  const manager = surroundings.managers.get(pid)
  if (manager?.kind === 'unit' && manager.unit.startsWith(daemon) && CHECKS.has(daemon)) {
    const kill = daemon === 'radvd' ? `systemctl kill -s KILL ${quote(manager.unit)} && ` : ''
    return { action: 'restart-unit', command: `${guard}${kill}systemctl restart ${quote(manager.unit)}`, why }
  }
  const isContained = surroundings.contained.has(pid)
  if (daemon === 'radvd' && namespaceName?.startsWith('qrouter-') === true && !isContained) {
    const reason = `neutron starts the daemon again; the restart ${why}`
    return { action: 'kill-in-router', command: `${guard}kill -KILL ${pid}`, why: reason }
  }
  const place = isContained ? `process ${pid}, in its container,` : `process ${pid}`
  return say(`end ${place} with SIGKILL and start ${daemon} again the way it was started: this ${why}`)
}

/** Daemons that do much more than to advertise. */
const RESTARTS_BESIDES: ReadonlyMap<string, string> = new Map([
  ['bird', 'ends the BGP and OSPF sessions of the whole host'],
  ['zebra', 'ends the BGP and OSPF sessions of the whole host'],
  ['systemd-networkd', "configures the host's own links again"],
])

function restartReason({ daemon, executableDeleted, staleMemberships }: SocketState): string {
  const stale = staleMemberships ?? 0
  const gives = stale > 0 ? `frees the ${stale} stale memberships and joins every tap again` : 'joins every tap again'
  const kept = daemon === 'radvd' ? `${gives}; killed, radvd sends no farewell, so VMs keep ::/0 meanwhile` : gives
  return executableDeleted ? `runs the executable that was installed, ${kept}` : kept
}

function raiseStep(socket: SocketState, surroundings: Surroundings): Step {
  const { namespaceId, namespaceName, pid, optmemMaxSource } = socket
  const limit = Math.min(MAX_LIMIT, Math.max(131_072, 2 ** Math.ceil(Math.log2((socket.optmemMaxBytes ?? 0) * 4))))
  // Before Linux 6.8 all namespaces share one limit, and only the first namespace can set the limit.
  const enter = optmemMaxSource === 'init' ? '' : entrance(namespaceId, namespaceName, pid, surroundings)
  const kept =
    enter === ''
      ? 'add the setting to /etc/sysctl.d to keep it after a reboot'
      : 'no file in /etc/sysctl.d reaches this namespace: set the limit again when the namespace is created again'
  return {
    action: 'raise-limit',
    command: `${enter}sysctl -w net.core.optmem_max=${limit}`,
    why: `makes room at once, without a restart; ${kept}`,
  }
}

/** The setting is an int (net/core/sysctl_net_core.c). */
const MAX_LIMIT = 2 ** 30

function upgradeStep({ daemon, version }: SocketState): Step[] {
  if (daemon === 'radvd') {
    const running = version ?? 'unknown'
    return [
      say(`upgrade radvd to 2.20 or later, which leaves the group on a deleted tap; the running version is ${running}`),
    ]
  }
  return [say(`${daemon} will leak again: look for a release that leaves ff02::2 when a tap is deleted`)]
}

/** A step without a command. */
export function say(why: string): Step {
  return { action: null, command: null, why }
}

/** The beginnings of commands that run elsewhere; the lab test of commands runs one with each. */
export const CONTAINER_ENTRANCES = { docker: 'docker exec ', podman: 'podman exec ' } as const
export const NAMESPACE_ENTRANCES = { named: 'ip netns exec ', unnamed: 'nsenter -t ' } as const

/** The prefix of a command that runs in another network namespace. */
function entrance(id: number, name: string | null, pid: number, { ownNamespace }: Surroundings): string {
  if (id === ownNamespace) return ''
  return name === null ? `${NAMESPACE_ENTRANCES.unnamed}${pid} -n ` : `${NAMESPACE_ENTRANCES.named}${quote(name)} `
}

/** As `entrance`; null if no process and no name leads into the tap's namespace. */
function tapEntrance(tap: TapState, socket: SocketState | undefined, surroundings: Surroundings): string | null {
  const { namespaceId: id, namespaceName: name } = tap
  if (socket === undefined && name === null) return id === surroundings.ownNamespace ? '' : null
  return entrance(id, name, socket?.pid ?? 0, surroundings)
}

/** A setting of an interface as sysctl takes it: with slashes, because a name may hold a dot. */
function setting(name: string, key: string): string {
  return quote(`net/ipv6/conf/${name}/${key}`)
}

/** For a shell. */
export function quote(text: string): string {
  return /^[\w.@:+/-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
