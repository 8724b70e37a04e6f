import type { FleetRow } from '@slashzero/contract/page'
import { Absent } from '../../ui/display/absent.tsx'
import { Age } from '../../ui/display/age.tsx'

/** When the kernel will block sends or joins; not known if the sender could not be measured. */
export function FullAt({ joinsLeft, fullAt }: Pick<FleetRow, 'joinsLeft' | 'fullAt'>) {
  if (joinsLeft === 0) return <span className="text-danger">now</span>
  if (fullAt !== null) return <Age at={fullAt} as="until" />
  return <Absent>{joinsLeft === null ? 'not known' : 'not in sight'}</Absent>
}
