import { SetupForm } from '../../../features/door/setup-form.tsx'

export default async function Page({ searchParams }: { searchParams: Promise<{ token?: string | string[] }> }) {
  const { token } = await searchParams
  return <SetupForm token={typeof token === 'string' ? token : ''} />
}
