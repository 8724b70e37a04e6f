'use client'

import { Monitor, Moon, Sun, type LucideIcon } from 'lucide-react'
import { useState } from 'react'
import type { Theme } from './theme.ts'
import { IconButton } from '../../ui/control/icon-button.tsx'

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
  return <IconButton icon={icons[theme]} name={`Theme: ${theme}. Change to ${next[theme]}`} onClick={choose} />
}
