import { parseSocketMemory } from '@slashzero/linux'
import type { Kernel } from '../../io/kernel.ts'
import { isRefusal } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'

/**
 * Measures the option memory of one membership on this kernel, in bytes: the size of a struct that differs between
 * versions and vendors. Measures once. Out: null if the measurement failed; the run says why.
 */
export function createCalibration(kernel: Kernel): (runs: RunRecorder) => number | null {
  let bytes: number | null = null
  return (runs) => {
    bytes ??= runs.attempt('membership-size', () => measure(kernel, runs), null)
    return bytes
  }
}

/** sock_kmalloc refuses a join with ENOMEM if the membership alone reaches the limit (net/core/sock.c). */
export const LIMIT_TOO_SMALL =
  'net.core.optmem_max of this network namespace is too small for a single membership, so no daemon can join a tap'

function measure(kernel: Kernel, runs: RunRecorder): number | null {
  try {
    const { before, after } = kernel.calibrate()
    const difference = parseSocketMemory(after).optmemBytes - parseSocketMemory(before).optmemBytes
    if (difference > 0) return difference
    throw new Error(`joining a group changed the option memory of a socket by ${difference} bytes`)
  } catch (error) {
    if (isRefusal(error, 'ENOMEM')) throw new Error(LIMIT_TOO_SMALL, { cause: error })
    if (!isRefusal(error, 'EAFNOSUPPORT')) throw error
    runs.absent('membership-size', error.message)
    return null
  }
}
