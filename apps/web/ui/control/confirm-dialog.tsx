'use client'

import { useEffect, useId, useRef, type ReactNode } from 'react'
import { Button } from './button.tsx'

/** Asks before something that cannot be undone. Escape and Cancel both leave everything as it is. */
export function ConfirmDialog({
  open,
  title,
  children,
  action,
  busy,
  error,
  onConfirm,
  onClose,
}: {
  open: boolean
  title: string
  children: ReactNode
  /** What the button says it does: `Revoke token`. */
  action: string
  busy: boolean
  error: string | null
  onConfirm: () => void
  onClose: () => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()

  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal()
    if (!open && dialog.current?.open) dialog.current.close()
  }, [open])

  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-xl border border-line-strong bg-panel p-5 text-ink shadow-2xl"
    >
      <h2 id={id} className="text-base font-semibold">
        {title}
      </h2>
      <div className="mt-2 text-muted">{children}</div>
      {error !== null && (
        <p role="alert" className="mt-3 text-danger">
          {error}
        </p>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" busy={busy} onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </dialog>
  )
}
