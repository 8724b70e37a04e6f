'use client'

import { Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'

const PAUSE_MILLISECONDS = 250

/** A search field that hands on its text after a short pause. The key `/` moves the cursor into the field. */
export function SearchBox({
  label,
  value,
  onSearch,
}: {
  label: string
  value: string
  onSearch: (search: string) => void
}) {
  const [typed, setTyped] = useState(value)
  const [settled, setSettled] = useState(value)
  const input = useRef<HTMLInputElement>(null)

  // Back or a link may change the URL without typing; the field then follows.
  if (value !== settled) {
    setSettled(value)
    if (value !== typed.trim()) setTyped(value)
  }

  useEffect(() => {
    if (typed.trim() === value) return undefined
    const timer = setTimeout(() => onSearch(typed.trim()), PAUSE_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [typed, value, onSearch])

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const target = event.target
      const isTyping = target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      input.current?.focus()
    }
    document.addEventListener('keydown', focus)
    return () => document.removeEventListener('keydown', focus)
  }, [])

  return (
    <div className="relative w-full sm:w-80">
      <Search
        aria-hidden
        size={15}
        className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-faint"
      />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        aria-keyshortcuts="/"
        maxLength={200}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className="h-8 w-full rounded-md border border-control bg-panel pr-8 pl-8 text-[13px] placeholder:text-faint"
      />
      {typed === '' && (
        <kbd
          aria-hidden
          className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 rounded border border-line px-1 font-mono text-[11px] text-faint"
        >
          /
        </kbd>
      )}
    </div>
  )
}
