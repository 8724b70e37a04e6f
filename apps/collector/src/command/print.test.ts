import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

function runIn(shell: string): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', shell, process.execPath, MAIN], {
    encoding: 'utf8',
  })
  return { status, stderr }
}

test('a reader that leaves early, or a log without a reader, changes nothing', () => {
  expect(runIn('{ sleep 0.5; "$0" "$1" --help; } | true')).toEqual({ status: 0, stderr: '' })
  expect(runIn('{ sleep 0.5; "$0" "$1" run --interval 0; } 2> >(true)')).toEqual({ status: 2, stderr: '' })
})

test('stdout tells a monitoring system why there is no diagnosis', () => {
  const doctor = '"$0" "$1" doctor --config /nowhere --format'
  expect(runIn(`${doctor} nagios | grep -x "SLASHZERO UNKNOWN - /nowhere: it cannot be read: ENOENT.*"`)).toEqual({
    status: 3,
    stderr: '',
  })
  expect(runIn(`test "$(${doctor} checkmk | grep -c '^3 "Slashzero .*" - /nowhere: it cannot be read')" = 2`)).toEqual({
    status: 0,
    stderr: '',
  })
})

test('unwritable output is a failure with a reason', () => {
  expect(runIn('"$0" "$1" --help >/dev/full')).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^slashzero-collector: stdout cannot be written: ENOSPC/),
  })
})
