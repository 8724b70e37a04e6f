/** The path to open after sign-in: `next` if it is a path of this site, otherwise the fleet. */
export function safePath(next: string | null): string {
  if (!next?.startsWith('/') || next.startsWith('//') || next.includes('\\')) return '/'
  const { origin, pathname, search } = new URL(next, 'http://here')
  if (origin !== 'http://here' || pathname === '/sign-in') return '/'
  return `${pathname}${search}`
}
