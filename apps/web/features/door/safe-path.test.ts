import { describe, expect, it } from 'vitest'
import { safePath } from './safe-path.ts'

describe('safePath', () => {
  it.each([
    { next: '/vms?route=missing', expected: '/vms?route=missing' },
    { next: '/hypervisors/hv_1?range=24h', expected: '/hypervisors/hv_1?range=24h' },
    { next: '/vms?search=a%2Fb%5Cc', expected: '/vms?search=a%2Fb%5Cc' },
    { next: '/vms?search=//host', expected: '/vms?search=//host' },
    { next: '/./vms', expected: '/vms' },
    { next: null, expected: '/' },
    { next: '', expected: '/' },
    { next: '/sign-in?next=/sign-in', expected: '/' },
  ])('leads from $next to $expected', ({ next, expected }) => {
    expect(safePath(next)).toBe(expected)
  })

  it.each(
    [
      'https://evil.example/',
      'https:evil.example',
      'https:/evil.example',
      'javascript:alert(1)',
      'evil.example',
      '@evil.example',
      '.evil.example',
      '//evil.example',
      '///evil.example',
      '//evil.example@here.invalid',
      '//user:password@evil.example/',
      '//',
      '/\\evil.example',
      '\\\\evil.example',
      '\\/evil.example',
      '/.//evil.example',
      '/./\\evil.example',
      '/..//evil.example',
      '/../..//evil.example',
      '/vms/..//evil.example',
      '/%2e//evil.example',
      '/%2e%2e//evil.example',
      '/.%2e//evil.example',
      '/%2F/evil.example',
      '/%2f%2fevil.example',
      '/%5cevil.example',
      '/%5C%5Cevil.example',
      '/%09/evil.example',
      '/%0d%0aLocation:%20//evil.example',
      '/\t/evil.example',
      '/\n/evil.example',
      '/\r/evil.example',
      '/\u0000/evil.example',
      '/.\t//evil.example',
      '/\u001f/evil.example',
      '\t//evil.example',
      ' //evil.example',
      '\ufeff//evil.example',
    ].map((next) => ({ next })),
  )('never leads to another site: $next', ({ next }) => {
    const path = safePath(next)
    expect(new URL(path, 'https://slashzero.example').host).toBe('slashzero.example')
    expect(path).not.toMatch(/^\/[/\\]/)
    expect(path).not.toContain('evil')
  })
})
