'use client'

import { useId, type InputHTMLAttributes } from 'react'

type FieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'onChange'> & {
  label: string
  hint?: string | undefined
  /** Why the server or the page refused the input. */
  error?: string | undefined
  onChange: (value: string) => void
}

/** A labelled input with a hint, or the reason for a refusal in place of the hint. */
export function Field({ label, hint, error, onChange, className = '', ...input }: FieldProps) {
  const id = useId()
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-[13px] font-medium">
        {label}
      </label>
      <input
        {...input}
        id={id}
        onChange={(event) => onChange(event.target.value)}
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
