import type { Report } from '../report.ts'
import { align, isEqual } from './compare.ts'
import { isFields, isList, isListForm, REPORT_FORM } from './form.ts'
import type { Fields, ListForm, ObjectForm } from './form.ts'

/**
 * The report `next`, in which every part that `base` has too is the same object as in `base`: a whole report then costs
 * no more memory than a delta, and judging can skip the same parts.
 */
export function reuseParts(base: Report, next: Report): Report {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each part is equal to the part of `next`
  return reuseObject(base, next, REPORT_FORM) as Report
}

function reuseObject(base: Fields, next: Fields, form: ObjectForm): Fields {
  const made: Record<string, unknown> = {}
  let isSame = true
  for (const name in next) {
    made[name] = reuseValue(base[name], next[name], form.within?.[name])
    if (made[name] !== base[name]) isSame = false
  }
  for (const name in base) if (!(name in next)) isSame = false
  return isSame ? base : made
}

function reuseValue(before: unknown, after: unknown, form: ObjectForm | ListForm | undefined): unknown {
  if (form !== undefined && isListForm(form) && isList(before) && isList(after)) return reuseList(before, after, form)
  if (form !== undefined && !isListForm(form) && isFields(before) && isFields(after))
    return reuseObject(before, after, form)
  return isEqual(before, after) ? before : after
}

function reuseList(base: readonly Fields[], next: readonly Fields[], form: ListForm): readonly Fields[] {
  const places = align(base, next, form.key)
  const made = next.map((item, index) => {
    const before = base[places[index] ?? -1]
    return before === undefined ? item : reuseObject(before, item, form)
  })
  return made.length === base.length && made.every((item, index) => item === base[index]) ? base : made
}
