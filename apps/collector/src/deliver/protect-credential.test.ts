import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createDeliveryBed, drain, makeReport, take } from '../testing/delivery-bed.ts'

let certificates: string
beforeAll(() => {
  certificates = mkdtempSync(join(tmpdir(), 'slashzero-tls-'))
  const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync('openssl', ['req', ...options, ...names, '-keyout', 'key.pem', '-out', 'cert.pem'], {
    cwd: certificates,
    stdio: 'pipe',
  })
})
afterAll(() => rmSync(certificates, { recursive: true }))

let bed: ReturnType<typeof createDeliveryBed>
beforeEach(() => {
  bed = createDeliveryBed()
})
afterEach(() => bed.tearDown())

test('a redirect is not followed, so its target never sees the credential', async () => {
  const elsewhere = await bed.listen(take)
  const server = await bed.listen((request, response) =>
    drain(request, () => {
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/ingest/v1/reports` }).end()
    }),
  )
  const delivery = bed.start(`http://127.0.0.1:${server.port}`)
  await expect.poll(() => server.requests()).toBeGreaterThan(2)
  expect(elsewhere.requests()).toBe(0)
  expect(delivery.status().lastError).toContain('; if the server is there, configure that address')
})

test('refuses an unknown certificate before it sends the credential, unless server-ca', async () => {
  const server = await bed.listenTls(readIdentity(), take)
  const refused = bed.start(`https://localhost:${server.port}`)
  await expect.poll(() => refused.status().lastError).toMatch(/self-signed certificate; set server-ca to a file/)
  expect(server.requests()).toBe(0)
  await refused.stop()
  const trusting = bed.start(`https://localhost:${server.port}`, {
    serverCa: readIdentity().cert,
  })
  await expect.poll(() => trusting.status().acknowledgedReports).toBe(2)
  await trusting.stop()
  const elsewhere = bed.start(`https://127.0.0.1:${server.port}`, {
    serverCa: readIdentity().cert,
  })
  await expect.poll(() => elsewhere.status().lastError).toMatch(/use a name of the server's certificate/)
})

test('an authority that this system trusts needs no server-ca', async () => {
  const server = await bed.listenTls(readIdentity(), (_, response) => response.end('{}'))
  const script = `
    const { postRequest } = await import(${JSON.stringify(new URL('post-request.ts', import.meta.url).href)})
    const context = { clock: { wall: Date.now }, serverCa: null, signal: new AbortController().signal }
    const ask = () => postRequest({ url: new URL('https://localhost:${server.port}'), bearer: 'x', text: '{}' }, context)
    for (const { kind, detail } of [await ask(), await ask()]) console.log(kind, detail ?? '')`
  const ask = (variables: NodeJS.ProcessEnv) =>
    promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, ...variables },
    })
  expect((await ask({ SSL_CERT_FILE: join(certificates, 'cert.pem') })).stdout).toBe('taken \ntaken \n')
  expect((await ask({})).stdout).toMatch(
    /^failed self-signed certificate; set server-ca to a file .* or make this system trust the authority/,
  )
})

test('https to an http port and an unknown name give a clear sentence', async () => {
  const server = await bed.listen(take)
  const plain = bed.start(`https://127.0.0.1:${server.port}`)
  await expect
    .poll(() => plain.status().lastError)
    .toMatch(/does not speak TLS.*whether the address begins with https or http$/)
  await plain.stop()
  const nowhere = bed.start('http://slashzero.invalid', { timeoutMilliseconds: 200 })
  await expect
    .poll(() => nowhere.status().lastError)
    .toMatch(/(ENOTFOUND|EAI_AGAIN) slashzero\.invalid|no complete answer/)
})

test.each([
  {
    name: 'with bytes that a header cannot carry',
    text: 'sz_host_\u0000\r\nX: y',
    said: /credential is damaged; remove it and configure an enrolment token/,
  },
  { name: 'that is a folder', text: null, said: /cannot read .*credential: EISDIR/ },
])('a credential file $name is named, without a second enrolment', async ({ text, said }) => {
  const server = await bed.listen(take)
  const file = join(bed.stateDir, 'credential')
  if (text === null) {
    rmSync(file)
    execFileSync('mkdir', [file])
  } else writeFileSync(file, text)
  const delivery = bed.start(`http://127.0.0.1:${server.port}`, { enrolmentToken: 'sz_enrol_unused' })
  await expect.poll(() => delivery.status().lastError).toMatch(said)
  expect(server.requests()).toBe(0)
})

test('a removed state directory loses neither the credential nor the next report', async () => {
  const server = await bed.listen(take)
  const delivery = bed.start(`http://127.0.0.1:${server.port}`)
  await expect.poll(() => delivery.status().acknowledgedReports).toBe(1)
  rmSync(bed.stateDir, { recursive: true })
  delivery.enqueue(makeReport(2))
  await expect.poll(() => delivery.status()).toMatchObject({ acknowledgedReports: 2, onDisk: true })
  expect(readFileSync(join(bed.stateDir, 'credential'), 'utf8').trim()).toBe('sz_host_kept')
  expect(bed.lines).toEqual([])
})

function readIdentity(): { key: string; cert: string } {
  const read = (name: string) => readFileSync(join(certificates, name), 'utf8')
  return { key: read('key.pem'), cert: read('cert.pem') }
}
