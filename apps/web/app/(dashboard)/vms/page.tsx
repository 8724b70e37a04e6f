import { VmsPage } from '../../../features/vms/vms-page.tsx'
import { readParams, type SearchParams } from '../../../ui/view/read-params.ts'

export default async function Page({ searchParams }: { searchParams: SearchParams }) {
  return <VmsPage params={await readParams(searchParams)} />
}
