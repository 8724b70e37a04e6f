import type { Cell } from '../cell/start.ts'

/** The place of a hypervisor's taps and senders: a network namespace with its processes. */
export type Place = {
  readonly cell: Cell
  /** The hypervisor's own processes, such as those that hold taps, in its network. */
  readonly holders: Cell
  /** Its name in /run/netns; null without. */
  readonly name: string | null
  /** The command that starts radvd in the place; paths belong to the place's file system. */
  readonly radvd: { readonly program: string; readonly configuration: string; readonly pidFile: string }
}

/** The hypervisor itself. */
export function ownPlace(hypervisor: Cell): Place {
  const radvd = { program: 'radvd', configuration: '/run/radvd.conf', pidFile: '/run/radvd.pid' }
  return { cell: hypervisor, holders: hypervisor, name: null, radvd }
}

/**
 * Makes a network namespace like a hypervisor's own. Before Linux 6.8 its limit belongs to the machine and has no file
 * in it.
 */
export function prepareNetwork(optmemMaxBytes: number): string[] {
  return [
    'ip link set lo up',
    'sysctl -qw net.ipv6.conf.all.forwarding=1',
    `if [ -e ${LIMIT} ]; then echo ${optmemMaxBytes} > ${LIMIT}; fi`,
  ]
}

const LIMIT = '/proc/sys/net/core/optmem_max'
