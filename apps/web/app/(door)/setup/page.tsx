import { SetupForm } from '../../../components/door/setup-form.tsx'

export default async function Page({ searchParams }: { searchParams: Promise<{ token?: string | string[] }> }) {
  const { token } = await searchParams
  return <SetupForm token={typeof token === 'string' ? token : ''} />
}
