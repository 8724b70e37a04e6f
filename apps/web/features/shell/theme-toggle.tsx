'use client'

import { Monitor, Moon, Sun, type LucideIcon } from 'lucide-react'
import { useState } from 'react'
import type { Theme } from './theme.ts'

const next: Record<Theme, Theme> = { system: 'dark', dark: 'light', light: 'system' }
const icons: Record<Theme, LucideIcon> = { system: Monitor, dark: Moon, light: Sun }
const YEAR_SECONDS = 31_536_000

/** Steps through system, dark and light. The server reads the choice from a cookie, so that no page flashes. */
export function ThemeToggle({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial)
  const choose = () => {
    const chosen = next[theme]
    setTheme(chosen)
    document.cookie = `theme=${chosen}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
    document.documentElement.dataset['theme'] = chosen
  }
  const Icon = icons[theme]
  const name = `Theme: ${theme}. Change to ${next[theme]}`
  return (
    <button
      type="button"
      aria-label={name}
      title={name}
      onClick={choose}
      className="inline-flex size-8 items-center justify-center rounded-md text-muted transition-colors hover:bg-raised hover:text-ink"
    >
      <Icon aria-hidden size={16} />
    </button>
  )
}
