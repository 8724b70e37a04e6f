import { describe, expect, it } from 'vitest'
import { isLoopback } from './is-loopback.ts'
import { safePath } from './safe-path.ts'
import { patchQuery } from './use-url-state.ts'

describe('safePath', () => {
  it.each([
    { next: '/vms?route=missing', expected: '/vms?route=missing' },
    { next: null, expected: '/' },
    { next: '', expected: '/' },
    { next: 'https://elsewhere.example/', expected: '/' },
    { next: '//elsewhere.example/', expected: '/' },
    { next: '/\\elsewhere.example', expected: '/' },
    { next: '/\t/elsewhere.example', expected: '/' },
    { next: 'javascript:alert(1)', expected: '/' },
    { next: '/sign-in?next=/sign-in', expected: '/' },
  ])('leads from $next to $expected', ({ next, expected }) => {
    expect(safePath(next)).toBe(expected)
  })
})

describe('patchQuery', () => {
  it('sets, removes and keeps the rest', () => {
    expect(patchQuery(new URLSearchParams('a=1&b=2'), { b: null, c: 'x y' })).toBe('?a=1&c=x+y')
    expect(patchQuery(new URLSearchParams('a=1'), { a: '' })).toBe('')
  })
})

it.each([
  ['localhost', true],
  ['a.localhost', true],
  ['127.0.0.2', true],
  ['[::1]', true],
  ['10.127.0.1', false],
  ['localhost.example', false],
])('%s means the machine itself: %s', (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected)
})
