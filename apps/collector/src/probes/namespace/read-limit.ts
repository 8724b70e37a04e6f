import { parseSysctl } from '@slashzero/linux'
import type { NamespaceReport } from '@slashzero/contract/report'
import { isRefusal } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'

export type Limit = Pick<NamespaceReport, 'optmemMaxBytes' | 'optmemMaxSource'>

export const UNKNOWN_LIMIT: Limit = { optmemMaxBytes: null, optmemMaxSource: null }

/**
 * The limit of option memory in bytes for sockets of the namespace that the caller is in. Since Linux 6.8 each
 * namespace has its own limit. Older kernels have one limit for the machine, and only the first namespace has the file.
 */
export function readLimit(kernel: Kernel): Limit {
  try {
    return { optmemMaxBytes: parseSysctl(kernel.readText(FILE), FILE), optmemMaxSource: 'namespace' }
  } catch (error) {
    if (!isRefusal(error, 'ENOENT')) throw error
    return { optmemMaxBytes: kernel.searchOptmemMax(), optmemMaxSource: 'init' }
  }
}

const FILE = '/proc/sys/net/core/optmem_max'
