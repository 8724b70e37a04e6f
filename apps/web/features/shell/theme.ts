const THEMES = ['system', 'dark', 'light'] as const

/** Light or dark; `system` follows the reader's machine. */
export type Theme = (typeof THEMES)[number]

/** The theme in the cookie; `system` for any other value. */
export function readTheme(cookie: string | undefined): Theme {
  return THEMES.find((theme) => theme === cookie) ?? 'system'
}
