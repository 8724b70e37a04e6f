'use client'

import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { signIn } from '../../connection/auth-service.ts'
import { describeFailure } from '../../connection/describe-failure.ts'
import { trpc } from '../../connection/trpc.ts'
import { Button } from '../../ui/control/button.tsx'
import { Field } from '../../ui/control/field.tsx'
import { Alert } from '../../ui/display/alert.tsx'
import { PasswordFields, usePasswordFields } from '../../ui/control/password-fields.tsx'

/** Creates the first administrator from the one-time link and signs them in. */
export function SetupForm({ token }: { token: string }) {
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const passwords = usePasswordFields()
  const create = useMutation(
    trpc.setup.createAdministrator.mutationOptions({
      onSuccess: async () => {
        const failed = await signIn(email.trim(), passwords.password)
        window.location.assign(failed === null ? '/' : '/sign-in')
      },
    }),
  )
  const failure = create.isError ? describeFailure(create.error) : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (passwords.check())
      create.mutate({ token, name: name.trim(), email: email.trim(), password: passwords.password })
  }

  return (
    <>
      <title>Set up · Slashzero</title>
      <h1 className="text-2xl font-semibold tracking-tight">Set up Slashzero</h1>
      <p className="mt-1 text-muted">Create the first administrator. The link in your browser works once.</p>
      <form onSubmit={submit} className="mt-6 space-y-4">
        <Field
          label="Name"
          error={failure?.fields.get('/name')}
          value={name}
          onChange={setName}
          required
          maxLength={100}
          autoComplete="name"
        />
        <Field
          label="E-mail"
          type="email"
          hint="Your user name. Slashzero sends no mail there."
          error={failure?.fields.get('/email')}
          value={email}
          onChange={setEmail}
          required
          maxLength={255}
          autoComplete="username"
        />
        <PasswordFields fields={passwords} label="Password" refused={failure?.fields.get('/password')} />
        {failure && <Alert>{failure.message}</Alert>}
        <Button type="submit" look="primary" busy={create.isPending || create.isSuccess} className="h-9 w-full">
          {create.isPending || create.isSuccess ? 'Setting up…' : 'Create administrator'}
        </Button>
      </form>
    </>
  )
}
