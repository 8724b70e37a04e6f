import { report, type Report } from '@slashzero/contract/report'
import { fieldErrors } from '../error/field-errors.ts'
import { Refusal } from './refusal.ts'

const MAX_REPORTS = 100

/**
 * Reads one report or an array of reports, each by the schema of a report: a union would name errors by its branches.
 * @throws Refusal 422 that names each refused field by its JSON Pointer in the body
 */
export function parseReports(body: unknown): Report[] {
  if (!Array.isArray(body)) return [parseReport(body, '')]
  if (body.length === 0 || body.length > MAX_REPORTS) {
    throw refusal([{ pointer: '', detail: `expected 1 to ${MAX_REPORTS} reports, received ${body.length}` }])
  }
  return body.map((one, index) => parseReport(one, `/${index}`))
}

function parseReport(body: unknown, pointer: string): Report {
  const result = report.safeParse(body)
  if (result.success) return result.data
  throw refusal(fieldErrors(result.error.issues, pointer))
}

function refusal(errors: ReturnType<typeof fieldErrors>): Refusal {
  return new Refusal(422, 'The report does not fit version 1.', {}, errors)
}
