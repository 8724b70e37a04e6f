import { VmPage } from '../../../../features/vm/vm-page.tsx'

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <VmPage id={id} />
}
