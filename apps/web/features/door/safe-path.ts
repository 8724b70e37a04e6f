const HERE = 'http://here.invalid'
/** Parsing drops control characters and turns backslashes into slashes; encoded ones may be decoded later. */
const TRICKY = /[\\\p{Cc}]|%(?:[01][\da-f]|2f|5c|7f)/iu

/** The path to open after sign-in: `next` if it is a path of this site, otherwise the fleet. */
export function safePath(next: string | null): string {
  if (!next?.startsWith('/') || !URL.canParse(next, HERE)) return '/'
  const { origin, pathname, search } = new URL(next, HERE)
  if (origin !== HERE || TRICKY.test(next.split('?', 1)[0] ?? '') || pathname === '/sign-in') return '/'
  // `/.//host` is parsed to the path `//host`, which a browser reads as a host.
  return pathname.startsWith('//') ? '/' : `${pathname}${search}`
}
