import { mkdir, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { type Cell, startCell } from '../cell/start.ts'

/** Index of the end of the guest's wire that the VM's process reads; the other end is the guest's eth0. */
export const WIRE_INDEX = 101

/**
 * Starts a guest: a machine of its own, beside its hypervisor and not inside, so that no process and no interface of it
 * can be seen from there. It accepts Router Advertisements on eth0, which is down.
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
