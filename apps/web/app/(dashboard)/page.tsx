import { FleetPage } from '../../features/fleet/fleet-page.tsx'
import { readParams, type SearchParams } from '../../ui/view/read-params.ts'

export default async function Page({ searchParams }: { searchParams: SearchParams }) {
  return <FleetPage params={await readParams(searchParams)} />
}
