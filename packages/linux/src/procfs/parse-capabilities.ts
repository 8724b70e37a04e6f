import { ShapeError } from '../text/shape-error.ts'

/**
 * Parses the effective capabilities in `/proc/PID/status` (`CapEff:`, hexadecimal bits; fs/proc/array.c). Out: the
 * names (linux/capability.h) that matter for reading other processes and namespaces. Throws ShapeError.
 */
export function parseCapabilities(text: string, file = '/proc/PID/status'): Set<string> {
  const mask = /^CapEff:\s*([0-9a-f]{1,16})$/m.exec(text)?.[1]
  if (mask === undefined) throw new ShapeError(file, text.split('\n').length, 'a line CapEff:', text)
  const bits = BigInt(`0x${mask}`)
  return new Set(NAMES.filter(([bit]) => (bits >> bit) & 1n).map(([, name]) => name))
}

const NAMES = [
  [1n, 'CAP_DAC_OVERRIDE'],
  [2n, 'CAP_DAC_READ_SEARCH'],
  [12n, 'CAP_NET_ADMIN'],
  [13n, 'CAP_NET_RAW'],
  [19n, 'CAP_SYS_PTRACE'],
  [21n, 'CAP_SYS_ADMIN'],
] as const
