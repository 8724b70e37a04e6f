import { parseSocketMemory } from '@slashzero/linux'
import type { Kernel } from '../../io/kernel.ts'
import { isRefusal } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'

/**
 * Measures what one membership costs on this kernel, in bytes of option memory, once and for all: the size of a
 * struct that changes between versions and vendors. Out: null where it could not be measured; the run says why.
 */
export function createCalibration(kernel: Kernel): (runs: RunRecorder) => number | null {
  let bytes: number | null = null
  return (runs) => {
    bytes ??= runs.attempt('membership-size', () => measure(kernel, runs), null)
    return bytes
  }
}

function measure(kernel: Kernel, runs: RunRecorder): number | null {
  try {
    const { before, after } = kernel.calibrate()
    const difference = parseSocketMemory(after).optmemBytes - parseSocketMemory(before).optmemBytes
    if (difference > 0) return difference
    throw new Error(`joining a group changed the option memory of a socket by ${difference} bytes`)
  } catch (error) {
    if (!isRefusal(error, 'EAFNOSUPPORT')) throw error
    runs.absent('membership-size', error.message)
    return null
  }
}
