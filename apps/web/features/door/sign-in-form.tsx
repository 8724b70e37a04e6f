'use client'

import { useState, type FormEvent } from 'react'
import { signIn } from '../../connection/auth-service.ts'
import { describeAuthFailure } from '../../connection/describe-auth-failure.ts'
import { Button } from '../../ui/control/button.tsx'
import { Field } from '../../ui/control/field.tsx'
import { Alert } from '../../ui/display/alert.tsx'

/** Signs a person in and leads to the page that they asked for. */
export function SignInForm({ next }: { next: string }) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)

  const enter = async () => {
    setBusy(true)
    setFailure(null)
    const failed = await signIn(email.trim(), password)
    if (failed === null) return window.location.assign(next)
    setFailure(describeAuthFailure(failed))
    setBusy(false)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void enter()
  }

  return (
    <>
      <title>Sign in · Slashzero</title>
      <h1 className="text-2xl font-semibold tracking-tight">Sign in</h1>
      <p className="mt-1 text-muted">Which VM has lost its ::/0, why, and which one is next.</p>
      <form onSubmit={submit} className="mt-6 space-y-4">
        <Field label="E-mail" type="email" value={email} onChange={setEmail} required autoComplete="username" />
        <Field
          label="Password"
          type="password"
          value={password}
          onChange={setPassword}
          required
          autoComplete="current-password"
        />
        {failure !== null && <Alert>{failure}</Alert>}
        <Button type="submit" look="primary" busy={busy} className="h-9 w-full">
          {busy ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
    </>
  )
}
