import type { Metadata, Viewport } from 'next'
import localFont from 'next/font/local'
import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { readTheme } from '../features/shell/theme.ts'
import './globals.css'

// Late: text shows at once in a font of the system that has the same widths.
const sans = localFont({
  src: '../../../node_modules/geist/dist/fonts/geist-sans/Geist-Variable.woff2',
  variable: '--font-geist-sans',
  weight: '100 900',
  preload: false,
})

export const metadata: Metadata = {
  description: 'Which VM has lost its ::/0, why, and which one is next.',
  robots: { index: false, follow: false },
}

export const viewport: Viewport = { colorScheme: 'light dark' }

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = readTheme((await cookies()).get('theme')?.value)
  return (
    <html lang="en" data-theme={theme} className={sans.variable}>
      <body className="font-sans antialiased">{children}</body>
    </html>
  )
}
