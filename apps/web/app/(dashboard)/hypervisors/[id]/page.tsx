import { HypervisorPage } from '../../../../features/hypervisor/hypervisor-page.tsx'

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <HypervisorPage id={id} />
}
