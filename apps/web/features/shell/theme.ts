const themes = ['system', 'dark', 'light'] as const

/** How pages are lit; `system` follows the reader's machine. */
export type Theme = (typeof themes)[number]

/** Reads the theme from its cookie; anything else is the system's. */
export function readTheme(cookie: string | undefined): Theme {
  return themes.find((theme) => theme === cookie) ?? 'system'
}
