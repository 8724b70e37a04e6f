'use client'

import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import { describeFailure } from '../../connection/describe-failure.ts'
import { Button, buttonClass } from './button.tsx'

/** A button that asks before something that cannot be undone. Escape and Cancel both change nothing. */
export function ConfirmButton({
  label,
  className = buttonClass('danger'),
  title,
  action,
  mutation,
  onConfirm,
  children,
}: {
  label: string
  className?: string
  /** The question: `Revoke this token?` */
  title: string
  /** The answer that does it: `Revoke token`. */
  action: string
  mutation: { readonly isPending: boolean; readonly isError: boolean; readonly error: unknown; reset: () => void }
  /** Calls `close` after the success. */
  onConfirm: (close: () => void) => void
  /** What happens then. */
  children: ReactNode
}) {
  const [asking, setAsking] = useState(false)
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  const close = () => setAsking(false)
  const ask = () => {
    // A failure of an earlier attempt must not stand in a new question.
    if (mutation.isError) mutation.reset()
    setAsking(true)
  }

  useEffect(() => {
    if (asking && !dialog.current?.open) dialog.current?.showModal()
    if (!asking && dialog.current?.open) dialog.current.close()
  }, [asking])

  return (
    <>
      <button type="button" className={className} onClick={ask}>
        {label}
      </button>
      <dialog
        ref={dialog}
        aria-labelledby={id}
        onClose={close}
        className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-xl border border-line-strong bg-panel p-5 text-left text-[14px] text-ink shadow-2xl"
      >
        <h2 id={id} className="text-base font-semibold">
          {title}
        </h2>
        <div className="mt-2 text-muted">{children}</div>
        {mutation.isError && (
          <p role="alert" className="mt-3 text-danger">
            {describeFailure(mutation.error).message}
          </p>
        )}
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button look="danger" busy={mutation.isPending} onClick={() => onConfirm(close)}>
            {action}
          </Button>
        </div>
      </dialog>
    </>
  )
}
