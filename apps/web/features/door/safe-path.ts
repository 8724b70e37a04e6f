/** Where to go after sign-in: a path of this site, or the fleet where `next` is missing or names another place. */
export function safePath(next: string | null): string {
  if (!next?.startsWith('/') || next.startsWith('//') || next.includes('\\')) return '/'
  const { origin, pathname, search } = new URL(next, 'http://here')
  if (origin !== 'http://here' || pathname === '/sign-in') return '/'
  return `${pathname}${search}`
}
