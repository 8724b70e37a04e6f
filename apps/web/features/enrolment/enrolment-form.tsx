'use client'

import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { describeFailure } from '../../connection/describe-failure.ts'
import { useTRPC } from '../../connection/trpc-context.ts'
import { Button } from '../../ui/control/button.tsx'
import { Field } from '../../ui/control/field.tsx'

export type MadeToken = { readonly token: string; readonly uses: number; readonly hours: number }
/** A token with what was in the fleet when it was made, so that arrivals can be told. */
export type Enrolment = MadeToken & { readonly known: readonly string[]; readonly madeAt: string }

/** Makes an enrolment token: for how many hypervisors, and for how long. */
export function EnrolmentForm({ onCreated }: { onCreated: (token: MadeToken) => void }) {
  const trpc = useTRPC()
  const [name, setName] = useState('')
  const [uses, setUses] = useState('1')
  const [hours, setHours] = useState('24')
  const create = useMutation(
    trpc.enrolment.createToken.mutationOptions({
      onSuccess: ({ token }, asked) => onCreated({ token, uses: asked.uses ?? 1, hours: asked.expiresInHours ?? 24 }),
    }),
  )
  const failure = create.isError ? describeFailure(create.error) : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate({ name: name.trim(), uses: Number(uses), expiresInHours: Number(hours) })
  }

  return (
    <form onSubmit={submit} className="rounded-xl border border-line bg-panel p-4">
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_8rem_8rem]">
        <Field
          label="Name"
          hint="So that you know it again: a site, a rack, a ticket."
          error={failure?.fields.get('/name')}
          value={name}
          onChange={(event) => setName(event.target.value)}
          required
          maxLength={100}
          autoComplete="off"
        />
        <Field
          label="Hypervisors"
          hint="Uses allowed."
          error={failure?.fields.get('/uses')}
          value={uses}
          onChange={(event) => setUses(event.target.value)}
          type="number"
          required
          min={1}
          max={100_000}
          step={1}
        />
        <Field
          label="Valid for, hours"
          hint="Then it is refused."
          error={failure?.fields.get('/expiresInHours')}
          value={hours}
          onChange={(event) => setHours(event.target.value)}
          type="number"
          required
          min={1}
          max={8760}
          step={1}
        />
      </div>
      {failure && (
        <p role="alert" className="mt-3 text-[13px] text-danger">
          {failure.message}
        </p>
      )}
      <Button type="submit" look="primary" busy={create.isPending} className="mt-4">
        {create.isPending ? 'Making…' : create.isSuccess ? 'Make another token' : 'Make token'}
      </Button>
    </form>
  )
}
