import { report, type Report } from '@slashzero/contract/report'
import { fieldErrors } from '../error/field-errors.ts'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Refusal } from './refusal.ts'

const MAX_REPORTS = 100

/**
 * Reads one report or an array, each by its own schema, because a union names errors by its branches, and lets other
 * requests in between. Throws Refusal 422 with the JSON Pointer of each refused field.
 */
export async function parseReports(body: unknown): Promise<Report[]> {
  if (!Array.isArray(body)) return [parseReport(body, '')]
  if (body.length === 0 || body.length > MAX_REPORTS) {
    throw refusal([{ pointer: '', detail: `expected 1 to ${MAX_REPORTS} reports, received ${body.length}` }])
  }
  const reports: Report[] = []
  for (const [index, one] of body.entries()) {
    if (index > 0) await nextTurn()
    reports.push(parseReport(one, `/${index}`))
  }
  return reports
}

function parseReport(body: unknown, pointer: string): Report {
  const result = report.safeParse(body)
  if (result.success) return result.data
  throw refusal(fieldErrors(result.error.issues, pointer))
}

function refusal(errors: ReturnType<typeof fieldErrors>): Refusal {
  return new Refusal(422, 'The report does not fit version 1.', {}, errors)
}
