import { report, type Report } from '@slashzero/contract/report'
import { fieldErrors } from '../error/field-errors.ts'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Refusal } from './refusal.ts'

const MAX_REPORTS = 100

/**
 * Reads one report or an array of reports, each by the schema of a report: a union would name errors by its branches. Other requests
 * have their turn between two reports.
 * @throws Refusal 422 that names each refused field by its JSON Pointer in the body
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
