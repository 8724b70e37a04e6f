import { readFileSync } from 'node:fs'
import { type Report, report } from '../report/index.ts'

/** The golden report as a collector sends it. The collector must produce this report from the recorded hypervisor. */
export function goldenReport(): Report {
  return report.parse(goldenJson())
}

/** The golden report before the schema has read it. */
export function goldenJson(): unknown {
  return JSON.parse(readFileSync(new URL('../../fixtures/report-v1.json', import.meta.url), 'utf8'))
}
