'use client'

import './globals.css'
import ErrorPage from './error.tsx'

export default function GlobalError(props: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body className="font-sans antialiased">
        <ErrorPage {...props} />
      </body>
    </html>
  )
}
