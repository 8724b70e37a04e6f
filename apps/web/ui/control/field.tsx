'use client'

import { useId, type InputHTMLAttributes } from 'react'

type FieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> & {
  label: string
  hint?: string | undefined
  /** Why what was typed was refused. */
  error?: string | undefined
}

/** A labelled input with its hint and the reason for which it was refused. */
export function Field({ label, hint, error, className = '', ...input }: FieldProps) {
  const id = useId()
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-[13px] font-medium">
        {label}
      </label>
      <input
        {...input}
        id={id}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-hint`}
        className="h-9 w-full rounded-md border border-control bg-panel px-2.5 text-ink placeholder:text-faint aria-invalid:border-danger"
      />
      <p id={`${id}-hint`} className="mt-1 text-[12.5px] text-muted empty:hidden" aria-live="polite">
        {error === undefined ? hint : <span className="text-danger">{error}</span>}
      </p>
    </div>
  )
}
