'use client'

import { API_TOKEN_DAYS } from '@slashzero/contract/page'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { describeFailure } from '../../connection/describe-failure.ts'
import { trpc } from '../../connection/trpc.ts'
import { Button } from '../../ui/control/button.tsx'
import { CopyButton } from '../../ui/control/copy-button.tsx'
import { Field } from '../../ui/control/field.tsx'
import { Age } from '../../ui/display/age.tsx'

/** Creates a token and shows it once. */
export function ApiTokenForm() {
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [days, setDays] = useState(String(API_TOKEN_DAYS.default))
  const create = useMutation(
    trpc.apiToken.create.mutationOptions({
      onSuccess: async () => {
        setName('')
        await queryClient.invalidateQueries({ queryKey: trpc.apiToken.list.queryKey() })
      },
    }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate({ name: name.trim(), scopes: ['read'], expiresInDays: Number(days) })
  }
  return (
    <div className="p-4">
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <Field
          label="Token name"
          className="w-full sm:w-72"
          error={create.isError ? describeFailure(create.error).message : undefined}
          value={name}
          onChange={setName}
          required
          maxLength={100}
          autoComplete="off"
        />
        <Field
          label="Days until it expires"
          type="number"
          className="w-full sm:w-44"
          value={days}
          onChange={setDays}
          required
          min={1}
          max={API_TOKEN_DAYS.max}
          step={1}
        />
        <Button type="submit" look="primary" busy={create.isPending} className="h-9">
          {create.isPending ? 'Creating…' : 'Create token'}
        </Button>
      </form>
      {create.data && (
        <output className="mt-4 block rounded-md border border-ok-line bg-ok-wash p-3">
          <p className="text-[13px]">
            Copy the token now: this page shows it once, and the server keeps only its hash. It expires{' '}
            <Age at={create.data.expiresAt} as="until" />.
          </p>
          <div className="mt-2 flex flex-wrap items-center gap-3">
            <code className="min-w-0 font-mono text-[12.5px] break-all">{create.data.token}</code>
            <CopyButton text={create.data.token} label="Copy token" />
          </div>
        </output>
      )}
    </div>
  )
}
