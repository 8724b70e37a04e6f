import { describe, expect, it } from 'vitest'
import { formatBytes } from './format-bytes.ts'
import { formatNumber } from './format-count.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('formatBytes', () => {
  it('keeps every byte', () => {
    expect(plain(formatBytes(20_440))).toBe('20,440 B')
    expect(formatNumber(131_072)).toBe('131,072')
  })
})
