'use client'

import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { describeFailure } from '../../connection/describe-failure.ts'
import { trpc } from '../../connection/trpc.ts'
import { Button } from '../../ui/control/button.tsx'
import { Field } from '../../ui/control/field.tsx'
import { Alert } from '../../ui/display/alert.tsx'

/** A token, and the server's clock at its creation, so that the page can tell arrivals apart. */
export type Enrolment = {
  readonly token: string
  readonly uses: number
  readonly hours: number
  readonly createdAt: string
}

/** Creates an enrolment token: for how many hypervisors, and for how long. */
export function EnrolmentForm({ onCreated }: { onCreated: (enrolment: Enrolment) => void }) {
  const [name, setName] = useState('')
  const [uses, setUses] = useState('1')
  const [hours, setHours] = useState('24')
  const create = useMutation(
    trpc.enrolment.createToken.mutationOptions({
      onSuccess: ({ token, createdAt }, asked) =>
        onCreated({ token, createdAt, uses: asked.uses ?? 1, hours: asked.expiresInHours ?? 24 }),
    }),
  )
  const failure = create.isError ? describeFailure(create.error) : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate({ name: name.trim(), uses: Number(uses), expiresInHours: Number(hours) })
  }
  const whole = { type: 'number', required: true, min: 1, step: 1 } as const

  return (
    <form onSubmit={submit} className="rounded-xl border border-line bg-panel p-4">
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_8rem_8rem]">
        <Field
          label="Name"
          hint="For your own notes: a site, a rack, a ticket."
          error={failure?.fields.get('/name')}
          value={name}
          onChange={setName}
          required
          maxLength={100}
          autoComplete="off"
        />
        <Field
          {...whole}
          label="Hypervisors"
          hint="Maximum uses."
          error={failure?.fields.get('/uses')}
          value={uses}
          onChange={setUses}
          max={100_000}
        />
        <Field
          {...whole}
          label="Valid hours"
          hint="Then it expires."
          error={failure?.fields.get('/expiresInHours')}
          value={hours}
          onChange={setHours}
          max={8760}
        />
      </div>
      {failure && <Alert className="mt-3">{failure.message}</Alert>}
      <Button type="submit" look="primary" busy={create.isPending} className="mt-4">
        {create.isPending ? 'Creating…' : create.isSuccess ? 'Create another token' : 'Create token'}
      </Button>
    </form>
  )
}
