import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('../bin/slashzero-lab.mjs', import.meta.url))

function lab(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('list describes each scenario in a sentence', () => {
  const { status, stdout } = lab('list')
  expect(status).toBe(0)
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(' ')[0]),
  ).toEqual([
    'leak',
    'capacity',
    'healthy',
    'restart',
    'churn',
    'dnsmasq-leak',
    'qrouter',
    'container',
    'two-senders',
    'kernel',
    'guest',
  ])
})

test.each([
  { args: ['lek'], says: 'There is no scenario "lek".' },
  { args: ['leak', '--hypervisors', '0'], says: '--hypervisors takes a whole number from 1 to 20, not "0".' },
  { args: ['leak', '--pause', 'long'], says: '--pause takes a whole number from 0 to 3600, not "long".' },
  { args: ['leak', '--server', 'http://127.0.0.1:3000'], says: '--server needs --enrolment-token' },
  { args: ['leak', '--bogus'], says: "Unknown option '--bogus'" },
])('$args is refused in words', ({ args, says }) => {
  const { status, stderr } = lab(...args)
  expect(status).toBe(1)
  expect(stderr).toContain(says)
  expect(stderr).not.toContain('    at ')
})
