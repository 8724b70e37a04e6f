import type { Cell } from '../cell/start.ts'

/** Where a hypervisor's taps are and its senders run: a network namespace, with the processes in it. */
export type Place = {
  readonly cell: Cell
  /** The hypervisor's own processes, such as those that hold taps, in its network. */
  readonly holders: Cell
  /** Its name in /run/netns; null without. */
  readonly name: string | null
  /** How radvd is started there; paths are those of its own file system. */
  readonly radvd: { readonly program: string; readonly configuration: string; readonly pidFile: string }
}

/** The hypervisor itself. */
export function ownPlace(hypervisor: Cell): Place {
  const radvd = { program: 'radvd', configuration: '/run/radvd.conf', pidFile: '/run/radvd.pid' }
  return { cell: hypervisor, holders: hypervisor, name: null, radvd }
}

/** Makes a network namespace as a hypervisor's own is. Before Linux 6.8 its limit is the machine's, and there is no file for it. */
export function prepareNetwork(optmemMaxBytes: number): string[] {
  return [
    'ip link set lo up',
    'sysctl -qw net.ipv6.conf.all.forwarding=1',
    `if [ -e ${LIMIT} ]; then echo ${optmemMaxBytes} > ${LIMIT}; fi`,
  ]
}

const LIMIT = '/proc/sys/net/core/optmem_max'
