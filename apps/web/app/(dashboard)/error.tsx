'use client'

// The same page as for the whole site, but below the header.
export { default } from '../error.tsx'
