import { PROBES } from '@slashzero/contract/report'
import { buildNamespace, buildReport } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { judgeAll } from '../testing/judge-all.ts'
import { sendersUnreadable, tapsUnreadable } from './read-failures.ts'

const failing = (probe: string) =>
  buildReport(0, {
    namespaces: [buildNamespace({ senders: [], taps: [] })],
    runs: [{ probe, outcome: 'failed', milliseconds: 1, error: 'no right' }],
  })

const names: string[] = PROBES.map(({ name }) => name)

test('a failed probe makes unknown what the catalogue says', () => {
  const hidingSenders = names.filter((probe) => sendersUnreadable(failing(probe)) !== null)
  const hidingTaps = names.filter((probe) => tapsUnreadable(failing(probe)) !== null)
  expect(hidingSenders.toSorted()).toEqual(['namespaces', 'processes', 'senders'])
  expect(hidingTaps.toSorted()).toEqual(['links', 'namespaces'])
})

test.each([...names.filter((probe) => sendersUnreadable(failing(probe)) !== null), 'renamed-probe'])(
  'a host without senders is not healthy if the probe %s failed',
  (probe) => {
    const report = failing(probe)
    expect(judgeAll([report]).state).toMatchObject({ status: 'not-measurable' })
    expect(sendersUnreadable(report)).toBe('no right')
  },
)

test('a failed probe that the catalogue does not know hides senders and taps', () => {
  expect(sendersUnreadable(failing('renamed-probe'))).toBe('no right')
  expect(tapsUnreadable(failing('renamed-probe'))).toBe('no right')
})
