'use client'

import { useQuery } from '@tanstack/react-query'
import { LogOut } from 'lucide-react'
import { useState } from 'react'
import { readAccount, signOut } from '../../connection/auth-service.ts'
import { Button } from '../../ui/control/button.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { ApiTokens } from './api-tokens.tsx'
import { PasswordForm } from './password-form.tsx'

/** Who is signed in, the API tokens, and the password. */
export function AccountPage() {
  const account = useQuery({ queryKey: ['account'], queryFn: readAccount })
  const [busy, setBusy] = useState(false)
  const leave = async () => {
    setBusy(true)
    await signOut()
    window.location.assign('/sign-in')
  }
  return (
    <div className="mx-auto max-w-3xl space-y-6">
      <title>Account · Slashzero</title>
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div className="min-w-0">
          <h1 className="text-[22px] leading-tight font-semibold tracking-tight sm:text-[28px]">Account</h1>
          <p className="mt-1 text-muted">
            {account.data
              ? `Signed in as ${account.data.name}, ${account.data.email}.`
              : account.isError
                ? 'Your name could not be read. Reload the page.'
                : 'Reading your account…'}
          </p>
        </div>
        <Button busy={busy} onClick={() => void leave()}>
          <LogOut aria-hidden size={14} /> {busy ? 'Signing out…' : 'Sign out'}
        </Button>
      </div>
      <ApiTokens />
      <Panel title="Password" note="A new password ends your sessions on all other machines.">
        <PasswordForm />
      </Panel>
    </div>
  )
}
