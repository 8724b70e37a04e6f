import { expect, test } from 'vitest'
import { createLog } from './log.ts'

test('secrets are redacted by field name, and tokens anywhere', () => {
  let text = ''
  const log = createLog('info', { write: (line) => (text += line) })
  log.info({ headers: { authorization: 'Bearer secret1', cookie: 'secret2' }, password: 'secret3' }, 'asked')
  log.error({ err: new Error('no sz_host_AbC-_1234 found') }, 'failed for sz_enrol_zzz')
  expect(text).not.toMatch(/secret\d|AbC|zzz/)
  expect(text).toContain('no sz_[Redacted] found')
  expect(
    text
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toHaveLength(2)
})
