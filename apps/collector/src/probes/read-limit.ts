import { parseSysctl } from '@slashzero/linux'
import type { NamespaceReport } from '@slashzero/contract'
import type { Kernel } from '../io/kernel.ts'
import type { RunRecorder } from '../pass/record-runs.ts'
import { OPTMEM_MAX } from './survey-namespace.ts'
import type { Survey } from './survey-namespace.ts'

export type Limit = Pick<NamespaceReport, 'optmemMaxBytes' | 'optmemMaxSource'>

/**
 * The limit of option memory that holds for the sockets of a namespace, in bytes: its own, or before Linux 6.8 the
 * machine's, which only the first namespace shows. That is the collector's own or else process 1's.
 */
export function readLimit(kernel: Kernel, survey: Survey, surveys: readonly Survey[], runs: RunRecorder): Limit {
  const { optmemMax } = survey
  if (optmemMax === null) return { optmemMaxBytes: null, optmemMaxSource: null }
  if (optmemMax !== 'absent') return { optmemMaxBytes: optmemMax, optmemMaxSource: 'namespace' }
  const own = surveys.find(({ namespace }) => namespace.entrance === null)?.optmemMax
  if (typeof own === 'number') return { optmemMaxBytes: own, optmemMaxSource: 'init' }
  return runs.attempt(
    'limit',
    (): Limit => {
      const text = kernel.inNamespace('/proc/1/ns/net', () => kernel.readText(OPTMEM_MAX))
      return { optmemMaxBytes: parseSysctl(text, OPTMEM_MAX), optmemMaxSource: 'init' }
    },
    { optmemMaxBytes: null, optmemMaxSource: null },
  )
}
