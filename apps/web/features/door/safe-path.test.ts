import { describe, expect, it } from 'vitest'
import { safePath } from './safe-path.ts'

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
