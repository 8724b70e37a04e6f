'use client'

import { useId, useState, type ReactNode } from 'react'

type Place = { readonly left: number; readonly top: number; readonly below: boolean }

const HALF_WIDTH = 130

/** A word with an explanation on hover and on focus; Escape hides the explanation. */
export function Term({ children, explanation }: { children: ReactNode; explanation: string }) {
  const id = useId()
  const [place, setPlace] = useState<Place | null>(null)

  const show = (target: HTMLElement) => {
    const box = target.getBoundingClientRect()
    const below = box.top < 120
    const middle = box.left + box.width / 2
    const left = Math.min(Math.max(middle, HALF_WIDTH + 8), document.documentElement.clientWidth - HALF_WIDTH - 8)
    setPlace({ left, top: below ? box.bottom + 6 : box.top - 6, below })
  }
  const hide = () => setPlace(null)

  return (
    <>
      <button
        type="button"
        aria-describedby={id}
        onMouseEnter={(event) => show(event.currentTarget)}
        onFocus={(event) => show(event.currentTarget)}
        onMouseLeave={hide}
        onBlur={hide}
        onKeyDown={(event) => event.key === 'Escape' && hide()}
        className="cursor-help underline decoration-dotted decoration-line-strong underline-offset-4"
      >
        {children}
      </button>
      <span
        id={id}
        role="tooltip"
        hidden={place === null}
        style={
          place
            ? { left: place.left, top: place.top, transform: `translate(-50%, ${place.below ? '0' : '-100%'})` }
            : undefined
        }
        className="pointer-events-none fixed z-50 w-65 rounded-md border border-line-strong bg-raised px-3 py-2 text-left text-[12.5px] leading-snug font-normal whitespace-normal text-ink shadow-lg"
      >
        {explanation}
      </span>
    </>
  )
}
