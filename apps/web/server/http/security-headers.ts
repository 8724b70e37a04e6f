import type { ServerResponse } from 'node:http'

/** How long a browser asks for https only, in seconds: a year. */
const HTTPS_ONLY_SECONDS = 31_536_000

/** Sets the security headers of every answer. */
export function setSecurityHeaders(response: ServerResponse, protocol: 'http' | 'https'): void {
  if (protocol === 'https') response.setHeader('strict-transport-security', `max-age=${HTTPS_ONLY_SECONDS}`)
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('referrer-policy', 'same-origin')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('cross-origin-resource-policy', 'same-origin')
}

/**
 * The policy of a page: only scripts of this server; inline scripts need the nonce. Charts need inline styles.
 * Development needs eval and a web socket.
 */
export function contentSecurityPolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'${dev ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `connect-src 'self'${dev ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}
