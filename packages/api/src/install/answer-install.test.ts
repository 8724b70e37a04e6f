import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { problem } from '@slashzero/contract/report'
import { expect, test } from 'vitest'
import { answerInstall, type InstallRequest, type Packages } from './answer-install.ts'

const NAME = 'slashzero-collector_0.1.0_amd64.deb'
const packages: Packages = {
  script: 'server=${SLASHZERO_SERVER:-@SERVER@}\n',
  checksums: `${'a'.repeat(64)}  ${NAME}\n`,
  files: [
    {
      name: NAME,
      bytes: 3,
      read: async function* () {
        yield Buffer.from('deb')
      },
    },
  ],
}
const ask = (path: string, changes: Partial<InstallRequest> = {}, built: Packages | null = packages) =>
  answerInstall(
    { method: 'GET', path, server: 'https://slashzero.example', ...changes },
    () => Promise.resolve(built),
    new Map([['push.sh', 'echo\n']]),
  )

test('the script names this server', async () => {
  expect(await ask('/install/collector.sh')).toMatchObject({
    status: 200,
    body: 'server=${SLASHZERO_SERVER:-https://slashzero.example}\n',
  })
  expect(await ask('/install/collector.sh', { server: 'http://[fd12::1]:3000' })).toMatchObject({
    body: 'server=${SLASHZERO_SERVER:-http://[fd12::1]:3000}\n',
  })
})

test.each([
  'http://a;reboot',
  'http://$(reboot)',
  "http://a'b",
  'http://a`b`',
  'http://a}b',
  'http://a b',
  'http://a/b',
  'ftp://a',
  'http://',
  'http://a\nb',
])('no script is served for the host %j', async (server) =>
  expect((await ask('/install/collector.sh', { server })).status).toBe(400),
)

test('a package is sent whole, with its length', async () => {
  const { status, headers, body } = await ask(`/install/files/${NAME}`)
  expect([status, headers['content-length']]).toEqual([200, '3'])
  expect(typeof body === 'string' ? null : await text(body)).toBe('deb')
  expect(await ask('/install/SHA256SUMS')).toMatchObject({ status: 200, body: packages.checksums })
})

test('guests get their scripts and checksums even without packages', async () => {
  expect(await ask('/install/guest/push.sh', {}, null)).toMatchObject({ status: 200, body: 'echo\n' })
  const sum = createHash('sha256').update('echo\n').digest('hex')
  expect(await ask('/install/guest/SHA256SUMS', {}, null)).toMatchObject({ status: 200, body: `${sum}  push.sh\n` })
  expect((await ask('/install/guest/../collector.sh')).status).toBe(404)
})

test.each([
  '/install/',
  '/install/files/',
  '/install/files/../SHA256SUMS',
  '/install/files/..%2f..%2fpackage.json',
  '/install/files/collector.sh',
  `/install/files/${NAME}/`,
  '/install/files//etc/passwd',
])('%s is not found', async (path) => expect((await ask(path)).status).toBe(404))

test('without packages, the answer says how to build them', async () => {
  const answer = await ask('/install/collector.sh', {}, null)
  const said = problem.parse(JSON.parse(typeof answer.body === 'string' ? answer.body : ''))
  expect([answer.status, said.status]).toEqual([404, 404])
  expect(said.detail).toContain('npm run package')
})

test('/install accepts no uploads', async () => {
  expect(await ask('/install/collector.sh', { method: 'POST' })).toMatchObject({
    status: 405,
    headers: { allow: 'GET, HEAD' },
  })
})
