import type { FleetRow } from '@slashzero/contract/page'
import { Absent } from '../../ui/display/absent.tsx'
import { Age } from '../../ui/display/age.tsx'

/** When sends or joins will be blocked. Of a sender that could not be measured nobody can say that it is not in sight. */
export function FullAt({ joinsLeft, fullAt }: Pick<FleetRow, 'joinsLeft' | 'fullAt'>) {
  if (joinsLeft === 0) return <span className="text-danger">now</span>
  if (fullAt !== null) return <Age at={fullAt} as="until" />
  return <Absent>{joinsLeft === null ? 'not known' : 'not in sight'}</Absent>
}
