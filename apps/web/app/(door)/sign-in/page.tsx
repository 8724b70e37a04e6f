import { safePath } from '../../../features/door/safe-path.ts'
import { SignInForm } from '../../../features/door/sign-in-form.tsx'

export default async function Page({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams
  return <SignInForm next={safePath(typeof next === 'string' ? next : null)} />
}
