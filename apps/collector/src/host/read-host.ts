import { createHmac } from 'node:crypto'
import { MAX_NAME_CHARACTERS } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'
import type { Kernel } from '../io/kernel.ts'
import { isRefusal } from '../io/kernel.ts'

export type Host = Report['host']

/**
 * The identity of this machine. The id is an HMAC of the machine id with this application's key, as machine-id(5) asks,
 * so that nobody can trace it back. Throws if there is no machine id.
 */
export function readHost(kernel: Kernel, collectorVersion: string, labels: Record<string, string>): Host {
  const id = createHmac('sha256', readMachineId(kernel)).update(APPLICATION).digest('hex').slice(0, 32)
  return { id, ...readMachine(kernel, collectorVersion, labels) }
}

/** The facts about this machine without its id. */
export function readMachine(
  kernel: Kernel,
  collectorVersion: string,
  labels: Record<string, string>,
): Omit<Host, 'id'> {
  return {
    bootId: kernel.readText('/proc/sys/kernel/random/boot_id').trim(),
    name: kernel.readText('/proc/sys/kernel/hostname').trim().slice(0, MAX_NAME_CHARACTERS),
    kernel: kernel.readText('/proc/sys/kernel/osrelease').trim().slice(0, 128),
    collectorVersion,
    labels,
  }
}

const APPLICATION = 'slashzero-collector'

function readMachineId(kernel: Kernel): Buffer {
  for (const file of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    try {
      const text = kernel.readText(file).trim()
      if (/^[0-9a-f]{32}$/.test(text)) return Buffer.from(text, 'hex')
    } catch (error) {
      if (!isRefusal(error, 'ENOENT')) throw error
    }
  }
  throw new Error(
    'this machine has no id in /etc/machine-id: make one with `systemd-machine-id-setup` or `dbus-uuidgen --ensure=/etc/machine-id`',
  )
}
