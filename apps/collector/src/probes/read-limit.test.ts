import { expect, test } from 'vitest'
import { SystemError } from '../io/kernel.ts'
import { fakeKernel } from '../lab/fake-kernel.ts'
import { recordRuns } from '../pass/record-runs.ts'
import { readLimit } from './read-limit.ts'
import { OPTMEM_MAX } from './survey-namespace.ts'
import type { Survey } from './survey-namespace.ts'

function survey(entrance: string | null, optmemMax: Survey['optmemMax']): Survey {
  const namespace = { id: entrance === null ? 1 : 2, name: null, entrance, tables: null }
  return { namespace, rawSockets: [], links: [], ports: [], optmemMax, diagnosed: { unavailable: '' } }
}

function read(one: Survey, own: Survey, kernel = fakeKernel({ [OPTMEM_MAX]: '20480\n' })) {
  const runs = recordRuns(() => 0, 1000)
  return { ...readLimit(kernel, one, [own, one], runs), failed: runs.list().filter(({ outcome }) => outcome === 'failed') }
}

const OWN = survey(null, 40960)

test.each([
  ['its own', survey('/run/netns/a', 131072), OWN, 131072, 'namespace'],
  ['the machine\'s, as the collector\'s own namespace shows it', survey('/run/netns/a', 'absent'), OWN, 40960, 'init'],
  ['the machine\'s, as process 1 shows it', survey(null, 'absent'), survey(null, 'absent'), 20480, 'init'],
  ['not known', survey('/run/netns/a', null), OWN, null, null],
])('the limit is %s', (_, one, own, optmemMaxBytes, optmemMaxSource) => {
  expect(read(one, own)).toEqual({ optmemMaxBytes, optmemMaxSource, failed: [] })
})

test('the machine\'s that may not be read is not known, and said', () => {
  const kernel = fakeKernel({}, { inNamespace: () => { throw new SystemError('setns', 'EPERM') } })
  expect(read(survey(null, 'absent'), survey(null, 'absent'), kernel)).toMatchObject({
    optmemMaxBytes: null,
    optmemMaxSource: null,
    failed: [{ probe: 'limit', error: 'setns: not permitted (EPERM)' }],
  })
})
