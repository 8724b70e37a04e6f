import { ServiceError } from '@slashzero/services'
import { expect, test } from 'vitest'
import { createFailureLimit } from './failure-limit.ts'

test('a right token never seen before waits for no wrong token of its network', async () => {
  const limit = createFailureLimit(() => 1000)
  const refuse = () => Promise.reject(new ServiceError('unauthenticated', 'unknown token'))
  for (let nth = 0; nth < 25; nth += 1) await expect(limit.check('192.0.2.1', refuse)).rejects.toThrow('token')
  const never = Array.from({ length: 3000 }, () => limit.check('192.0.2.1', () => new Promise<never>(() => undefined)))
  expect(await Promise.race([...never, limit.check('192.0.2.1', async () => 'right')])).toBe('right')
})
