import { createSetupLink } from '@slashzero/services'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { administrator, cookiesOf, sameOrigin, startTestServer } from './testing/start-test-server.ts'

let server: Awaited<ReturnType<typeof startTestServer>>
beforeAll(async () => (server = await startTestServer()))
afterAll(() => server.stop())

const trpc = (path: string, cookie?: string) => server.ask(`/trpc/${path}`, { headers: cookie ? { cookie } : {} })
const statusAndPlace = (response: Response) => [response.status, response.headers.get('location')]

test('from the one-time link to signing out', async () => {
  expect(statusAndPlace(await server.ask('/setup'))).toEqual([303, '/sign-in'])
  expect(await (await trpc('setup.state')).json()).toMatchObject({ result: { data: { administratorExists: false } } })
  const link = await createSetupLink(server.system)
  const setupPath = `/setup?token=${link?.token}`
  expect(await (await server.ask(setupPath)).text()).toBe(`page ${setupPath}`)

  const weak = { ...administrator, token: link?.token, password: 'short' }
  const refused = await server.ask('/trpc/setup.createAdministrator', sameOrigin(server.url, weak))
  expect(await refused.json()).toMatchObject({ error: { data: { errors: [{ pointer: '/password' }] } } })
  const wrong = { ...administrator, token: 'wrong' }
  expect(
    (await server.ask('/trpc/setup.createAdministrator', sameOrigin(server.url, wrong))).status,
  ).toBeGreaterThanOrEqual(400)
  const right = sameOrigin(server.url, { ...administrator, token: link?.token })
  expect((await server.ask('/trpc/setup.createAdministrator', right)).status).toBe(200)
  expect((await server.ask('/trpc/setup.createAdministrator', right)).status).toBeGreaterThanOrEqual(400)
  expect(statusAndPlace(await server.ask(setupPath))).toEqual([303, '/sign-in'])

  const { email, password } = administrator
  const rejected = await server.ask(
    '/api/auth/sign-in/email',
    sameOrigin(server.url, { email, password: 'wrong horse battery' }),
  )
  expect([rejected.status, rejected.headers.getSetCookie()]).toEqual([401, []])
  const accepted = await server.ask('/api/auth/sign-in/email', sameOrigin(server.url, { email, password }))
  expect(accepted.headers.getSetCookie().join()).toMatch(/HttpOnly; SameSite=Lax/)
  const cookie = cookiesOf(accepted)

  const page = await server.ask('/vms?route=missing', { headers: { cookie } })
  expect(await page.text()).toBe('page /vms?route=missing')
  expect(statusAndPlace(await server.ask('/sign-in', { headers: { cookie } }))).toEqual([303, '/'])
  expect((await trpc('fleet.summary', cookie)).status).toBe(200)
  expect((await server.ask('/api/export/vms.csv', { headers: { cookie } })).status).toBe(200)

  expect((await server.ask('/api/auth/sign-out', sameOrigin(server.url, {}, { cookie }))).status).toBe(200)
  expect((await trpc('fleet.summary', cookie)).status).toBe(401)
  expect(statusAndPlace(await server.ask('/vms', { headers: { cookie } }))).toEqual([303, '/sign-in?next=%2Fvms'])
})

test.each([
  { path: '/', to: '/sign-in' },
  { path: '/vms?route=missing', to: '/sign-in?next=%2Fvms%3Froute%3Dmissing' },
  { path: '/hypervisors/hv_1', to: '/sign-in?next=%2Fhypervisors%2Fhv_1' },
  { path: '/account', to: '/sign-in?next=%2Faccount' },
  { path: '/nothing', to: '/sign-in?next=%2Fnothing' },
  { path: '/_next/image?url=x', to: '/sign-in?next=%2F_next%2Fimage%3Furl%3Dx' },
  { path: '/_next/static/../../vms', to: '/sign-in?next=%2Fvms' },
  { path: '//evil.example/x', to: '/sign-in' },
  { path: '/\\evil.example/x', to: '/sign-in' },
  { path: '/setup', to: '/sign-in' },
])('$path shows nothing without a session', async ({ path, to }) => {
  const response = await rawGet(path)
  expect(response).toMatchObject({ status: 303, location: to, body: '' })
})

test.each([
  'fleet.summary',
  'hypervisor.head?input={"id":"x"}',
  'hypervisor.headroom',
  'vm.page',
  'apiToken.list',
  'demo.status',
  'live.watch',
  'fleet.summary,vm.page?batch=1',
])('/trpc/%s answers nobody without a session', async (path) => {
  const response = await trpc(path)
  expect(await response.text()).not.toContain('"result"')
  expect(response.status).toBe(path.startsWith('live') ? 200 : 401)
})

test.each(['enrolment.createToken', 'apiToken.create', 'hypervisor.remove', 'demo.load', 'demo.remove'])(
  '/trpc/%s does nothing without a session',
  async (path) => expect((await server.ask(`/trpc/${path}`, sameOrigin(server.url, {}))).status).toBe(401),
)

test('a page of another site can neither sign in nor use a session', async () => {
  const cookie = await server.signIn()
  const body = { name: 'stolen', scopes: ['read'] }
  for (const headers of [
    { cookie, origin: 'http://evil.example' },
    { cookie, origin: 'null' },
  ]) {
    expect((await server.ask('/trpc/apiToken.create', sameOrigin(server.url, body, headers))).status).toBe(403)
  }
  const { email, password } = administrator
  const foreign = sameOrigin(server.url, { email, password }, { origin: 'http://evil.example' })
  expect((await server.ask('/api/auth/sign-in/email', foreign)).status).toBe(403)
  expect((await server.ask('/trpc/apiToken.create', sameOrigin(server.url, body, { cookie }))).status).toBe(200)
})

test('cookies are Secure behind a trusted https proxy, not by a stranger’s claim', async () => {
  const { email, password } = administrator
  const claim = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'slashzero.example' }
  const signIn = (to: typeof server, origin: string) =>
    to.ask('/api/auth/sign-in/email', sameOrigin(to.url, { email, password }, { ...claim, origin }))

  await server.signIn()
  const stranger = await signIn(server, server.url)
  expect(stranger.headers.getSetCookie().join()).not.toContain('Secure')
  expect((await signIn(server, 'https://slashzero.example')).status).toBe(403)

  const behind = await startTestServer({ SLASHZERO_TRUST_PROXY: '1' })
  await behind.signIn()
  const proxied = await signIn(behind, 'https://slashzero.example')
  expect(proxied.headers.get('strict-transport-security')).toBe('max-age=31536000')
  expect(proxied.headers.getSetCookie().join()).toMatch(/^__Secure-slashzero\.session_token=.*; Secure/)
  const page = await behind.ask('/vms', { headers: { cookie: cookiesOf(proxied), ...claim } })
  expect(page.status).toBe(200)
  await behind.stop()
})

test('guesses at an account are limited over all addresses, but for known browsers', async () => {
  const behind = await startTestServer({ SLASHZERO_TRUST_PROXY: '1' })
  await behind.signIn()
  const { email, password } = administrator
  let address = 0
  const signIn = (guess: string, cookie?: string, account = email) => {
    address += 1
    const headers = { 'x-forwarded-for': `2001:db8:${address.toString(16)}::1`, ...(cookie && { cookie }) }
    return behind.ask('/api/auth/sign-in/email', sameOrigin(behind.url, { email: account, password: guess }, headers))
  }
  const known = cookiesOf(await signIn(password))
  expect(known).toMatch(/slashzero\.browser=/)
  const guesses = await Promise.all(Array.from({ length: 30 }, (_, index) => signIn(`wrong password ${index}`)))
  expect(guesses.filter(({ status }) => status === 401)).toHaveLength(20)
  const refused = await signIn(password)
  expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.any(Number)])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(600)
  expect((await signIn(password, undefined, email.toUpperCase())).status).toBe(429)
  expect((await signIn(password, 'slashzero.browser=forged.proof')).status).toBe(429)
  expect((await signIn('wrong', 'slashzero.browser=', 'eve@example.com')).status).toBe(401)
  expect((await signIn(password, known)).status).toBe(200)
  const browser = known.split('; ').find((pair) => pair.startsWith('slashzero.browser=')) ?? ''
  for (let guess = 0; guess < 20; guess += 1) expect((await signIn('wrong password', browser)).status).toBe(401)
  expect((await signIn(password, browser)).status).toBe(429)
  await behind.stop()
})

test('wrong passwords from an address shut out no right one there, and many are limited', async () => {
  const own = await startTestServer()
  await own.signIn()
  await own.system.db.pool.query('DELETE FROM password_guess')
  const { email, password } = administrator
  const signIn = (account: string, guess: string, cookie = '') =>
    own.ask('/api/auth/sign-in/email', sameOrigin(own.url, { email: account, password: guess }, { cookie }))
  for (let nth = 0; nth < 30; nth += 1) await signIn('eve@example.com', 'wrong password')
  const right = await signIn(email, password)
  expect(right.status).toBe(200)
  const spray = await Promise.all(Array.from({ length: 90 }, (_, nth) => signIn(`eve${nth}@example.com`, 'wrong')))
  expect(spray.filter(({ status }) => status === 401)).toHaveLength(80)
  expect((await signIn(email, password)).status).toBe(429)
  expect((await signIn(email, password, cookiesOf(right))).status).toBe(200)
  await own.stop()
})

test('a changed password ends all other sessions, whatever the page asks for', async () => {
  const behind = await startTestServer({ SLASHZERO_TRUST_PROXY: '1' })
  const mine = await behind.signIn()
  const stolen = await behind.signIn()
  const change = (currentPassword: string, number: number) =>
    behind.ask(
      '/api/auth/change-password',
      sameOrigin(
        behind.url,
        { currentPassword, newPassword: 'another horse battery', revokeOtherSessions: false },
        { cookie: mine, 'x-forwarded-for': `2001:db8:${number}::1` },
      ),
    )
  const guesses = await Promise.all(Array.from({ length: 25 }, (_, index) => change('wrong', index + 1)))
  expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([400, 429]))
  await behind.system.db.pool.query('DELETE FROM password_guess')
  const changed = await change(administrator.password, 99)
  expect(changed.status).toBe(200)
  const read = (cookie: string) => behind.ask('/trpc/fleet.summary', { headers: { cookie } })
  expect((await read(stolen)).status).toBe(401)
  expect((await read(cookiesOf(changed))).status).toBe(200)
  await behind.stop()
})

test.each([
  {
    name: 'no JSON',
    type: 'application/x-www-form-urlencoded',
    body: 'email=ada%40example.com&password=x',
    status: 400,
  },
  { name: 'a list', type: 'application/json', body: '["ada@example.com"]', status: 400 },
  {
    name: 'an object as password',
    type: 'application/json',
    body: '{"email":"ada@example.com","password":{}}',
    status: 400,
  },
  { name: 'NUL', type: 'application/json', body: '{"email":"ada@example.com","password":"\\u0000"}', status: 400 },
])('a sign-in with $name is refused', async ({ type, body, status }) => {
  const init = { method: 'POST', headers: { origin: server.url, 'content-type': type }, body }
  expect((await server.ask('/api/auth/sign-in/email', init)).status).toBe(status)
})

test('nobody can sign up by themselves', async () => {
  const body = sameOrigin(server.url, { ...administrator, email: 'eve@example.com' })
  expect((await server.ask('/api/auth/sign-up/email', body)).status).toBe(404)
})

test('every answer has security headers, and a page has a script policy', async () => {
  const page = await server.ask('/sign-in')
  expect(page.headers.get('strict-transport-security')).toBeNull()
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  expect(page.headers.get('x-frame-options')).toBe('DENY')
  expect(page.headers.get('content-security-policy')).toMatch(
    /script-src 'self' 'nonce-[A-Za-z0-9+/=]{24}'; .*frame-ancestors 'none'/,
  )
  expect((await server.ask('/healthz')).headers.get('x-content-type-options')).toBe('nosniff')
})

test('an installing machine needs no session, and gets only packages', async () => {
  for (const path of ['/install/nothing', '/install/files/..%2f..%2fpackage.json']) {
    const response = await server.ask(path)
    expect([response.status, response.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ])
  }
  const script = await server.ask('/install/collector.sh')
  const said = await script.text()
  // This test works with and without built packages.
  expect(said).toContain(script.ok ? `server=\${SLASHZERO_SERVER:-${server.url}}` : 'npm run package')
})

test('the process says that it is alive and ready', async () => {
  expect(await (await server.ask('/healthz')).json()).toEqual({ status: 'ok' })
  expect(await (await server.ask('/readyz')).json()).toMatchObject({
    status: 'ready',
    database: 'ok',
    schema: 'current',
  })
})

/** Sends the path as it is; fetch would normalise the path. */
async function rawGet(path: string) {
  const { get } = await import('node:http')
  const { hostname, port } = new URL(server.url)
  return new Promise<{ status: number | undefined; location: string | undefined; body: string }>((resolve, reject) => {
    get({ hostname, port, path }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode, location: response.headers.location, body }))
    }).on('error', reject)
  })
}
