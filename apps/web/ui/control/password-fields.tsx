'use client'

import { PASSWORD_LENGTH } from '@slashzero/contract/page'
import { useState } from 'react'
import { Field } from './field.tsx'

/** The state of the two password fields, and what is wrong with their input. */
export function usePasswordFields() {
  const [password, setPassword] = useState('')
  const [repeated, setRepeated] = useState('')
  const [checked, setChecked] = useState(false)
  const isShort = password.length < PASSWORD_LENGTH.min
  const differs = password !== repeated
  return {
    password,
    repeated,
    setPassword,
    setRepeated,
    shortness: checked && isShort ? `${password.length} of at least ${PASSWORD_LENGTH.min} characters.` : undefined,
    difference: checked && differs ? 'The two passwords differ.' : undefined,
    /** Shows what is wrong; true if the input is right. */
    check() {
      setChecked(true)
      return !isShort && !differs
    },
    clear() {
      setPassword('')
      setRepeated('')
      setChecked(false)
    },
  }
}

/** A new password and its repetition. */
export function PasswordFields({
  fields,
  label,
  refused,
}: {
  fields: ReturnType<typeof usePasswordFields>
  label: string
  refused?: string | undefined
}) {
  return (
    <>
      <Field
        label={label}
        type="password"
        hint={`At least ${PASSWORD_LENGTH.min} characters.`}
        error={fields.shortness ?? refused}
        value={fields.password}
        onChange={fields.setPassword}
        required
        maxLength={PASSWORD_LENGTH.max}
        autoComplete="new-password"
      />
      <Field
        label={`${label}, again`}
        type="password"
        error={fields.difference}
        value={fields.repeated}
        onChange={fields.setRepeated}
        required
        maxLength={PASSWORD_LENGTH.max}
        autoComplete="new-password"
      />
    </>
  )
}
