import { HypervisorPage } from '../../../../features/hypervisor/hypervisor-page.tsx'
import { readParams, type SearchParams } from '../../../../ui/view/read-params.ts'

type Props = { params: Promise<{ id: string }>; searchParams: SearchParams }

export default async function Page({ params, searchParams }: Props) {
  const { id } = await params
  return <HypervisorPage id={id} params={await readParams(searchParams)} />
}
