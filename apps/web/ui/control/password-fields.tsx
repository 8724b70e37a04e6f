'use client'

import { useState } from 'react'
import { Field } from './field.tsx'

/** The fewest characters of a password; the server refuses fewer. */
const PASSWORD_LENGTH = 12

/** What is typed as a password to be set, twice, and what is wrong with it. */
export function usePasswordFields() {
  const [password, setPassword] = useState('')
  const [repeated, setRepeated] = useState('')
  const [checked, setChecked] = useState(false)
  const isShort = password.length < PASSWORD_LENGTH
  const differs = password !== repeated
  return {
    password,
    repeated,
    setPassword,
    setRepeated,
    shortness: checked && isShort ? `${password.length} of at least ${PASSWORD_LENGTH} characters.` : undefined,
    difference: checked && differs ? 'The two passwords differ.' : undefined,
    /** Shows what is wrong; true where nothing is. */
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
        hint={`At least ${PASSWORD_LENGTH} characters.`}
        error={fields.shortness ?? refused}
        value={fields.password}
        onChange={(event) => fields.setPassword(event.target.value)}
        required
        maxLength={128}
        autoComplete="new-password"
      />
      <Field
        label={`${label}, again`}
        type="password"
        error={fields.difference}
        value={fields.repeated}
        onChange={(event) => fields.setRepeated(event.target.value)}
        required
        maxLength={128}
        autoComplete="new-password"
      />
    </>
  )
}
