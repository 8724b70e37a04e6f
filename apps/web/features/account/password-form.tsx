'use client'

import { useState, type FormEvent } from 'react'
import { changePassword } from '../../connection/auth-service.ts'
import { describeAuthFailure } from '../../connection/describe-auth-failure.ts'
import { Button } from '../../ui/control/button.tsx'
import { Field } from '../../ui/control/field.tsx'
import { PasswordFields, usePasswordFields } from '../../ui/control/password-fields.tsx'

type Outcome = { readonly ok: boolean; readonly text: string }

/** Changes the password of the signed-in user. */
export function PasswordForm() {
  const [current, setCurrent] = useState('')
  const passwords = usePasswordFields()
  const [busy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome | null>(null)

  const change = async () => {
    setBusy(true)
    setOutcome(null)
    const failed = await changePassword(current, passwords.password)
    setBusy(false)
    if (failed !== null) return setOutcome({ ok: false, text: describeAuthFailure(failed) })
    setOutcome({ ok: true, text: 'Password changed. Other sessions have ended.' })
    setCurrent('')
    passwords.clear()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (passwords.check()) void change()
  }

  return (
    <form onSubmit={submit} className="space-y-4 p-4">
      <div className="grid gap-4 sm:grid-cols-3">
        <Field
          label="Current password"
          type="password"
          value={current}
          onChange={setCurrent}
          required
          autoComplete="current-password"
        />
        <PasswordFields fields={passwords} label="New password" />
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" busy={busy}>
          {busy ? 'Changing…' : 'Change password'}
        </Button>
        <output className={`text-[13px] ${outcome?.ok === false ? 'text-danger' : 'text-ok'}`}>{outcome?.text}</output>
      </div>
    </form>
  )
}
