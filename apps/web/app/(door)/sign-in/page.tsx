import { safePath } from '../../../client/url/safe-path.ts'
import { SignInForm } from '../../../components/door/sign-in-form.tsx'

export default async function Page({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams
  return <SignInForm next={safePath(typeof next === 'string' ? next : null)} />
}
