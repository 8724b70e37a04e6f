import { mkdir, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { type Cell, startCell } from '../cell/start.ts'

/** Index of the end of the guest's wire for the VM's process; the other end is the guest's eth0. */
export const WIRE_INDEX = 101

/**
 * Starts a guest: a machine beside its hypervisor, not inside, so that the hypervisor sees no process and no interface
 * of the guest. It accepts Router Advertisements on eth0, which is down.
 */
export async function startGuest(directory: string, name: string): Promise<Cell> {
  await mkdir(directory, { recursive: true })
  await writeFile(`${directory}/machine-id`, `${randomBytes(16).toString('hex')}\n`)
  return startCell([
    `mount -n --bind ${directory}/machine-id /etc/machine-id`,
    `hostname ${name}`,
    'ip link set lo up',
    'sysctl -qw net.ipv6.conf.default.forwarding=0 net.ipv6.conf.default.accept_ra=1',
    `ip link add wire0 index ${WIRE_INDEX} type veth peer name eth0`,
    'sysctl -qw net.ipv6.conf.wire0.disable_ipv6=1',
    'ip link set wire0 up',
  ])
}
