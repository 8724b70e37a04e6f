import { expect, test } from 'vitest'
import { toVisible } from './index.ts'

test('text that a terminal would obey becomes text that it shows', () => {
  expect(toVisible('vm\u001b[31m\n"<script>\u0000\u202e')).toBe('vm␛[31m␊"<script>␀\ufffd')
  expect(toVisible('half \ud800 pair')).toBe('half \ufffd pair')
})
