import { limitGuesses, type ServiceContext } from '@slashzero/services'
import { networkOf, problem, type Answer } from '@slashzero/api'

const SIGN_IN = '/api/auth/sign-in/email'
/** The paths that check a password, and the status of a wrong one. */
const WRONG: Readonly<Record<string, number>> = { [SIGN_IN]: 401, '/api/auth/change-password': 400 }
const PROOF_SECONDS = 365 * 86_400

type PasswordRequest = {
  readonly path: string
  readonly form: Readonly<Record<string, unknown>>
  readonly cookie: string | undefined
  readonly secure: boolean
  /** The address of the client. */
  readonly source: string
  /** The key that signs sessions. */
  readonly secret: string
  /** The signed-in person's id, or null. */
  readonly readUserId: () => Promise<string | null>
}

/**
 * Lets `check` see a password unless too many guesses at the account, or from the network, were wrong. Out: its answer,
 * with a cookie that marks this browser after a sign-in; or 429. Paths without a password go to `check` at once.
 */
export async function checkPassword(
  context: ServiceContext,
  { path, form, cookie, secure, source, secret, readUserId }: PasswordRequest,
  check: () => Promise<Response>,
): Promise<Response | Answer> {
  if (!(path in WRONG)) return check()
  const account = path === SIGN_IN ? String(form['email']).toLowerCase() : await readUserId()
  if (account === null) return check()
  const name = secure ? '__Secure-slashzero.browser' : 'slashzero.browser'
  const guess = await limitGuesses(context, {
    account,
    network: path === SIGN_IN ? networkOf(source) : null,
    proof: readCookie(cookie, name),
    secret,
  })
  if (guess.waitSeconds > 0) {
    await guess.giveBack()
    return problem(
      429,
      'Too many wrong passwords for this account or from this address. Wait, or use a browser that has signed in before.',
      {
        headers: { 'retry-after': String(guess.waitSeconds) },
      },
    )
  }
  const answer = await check()
  if (answer.status === WRONG[path]) return answer
  await guess.giveBack()
  if (answer.ok && path === SIGN_IN) {
    const flags = `Path=/api/auth; Max-Age=${PROOF_SECONDS}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
    answer.headers.append('set-cookie', `${name}=${guess.makeProof()}; ${flags}`)
  }
  return answer
}

function readCookie(header: string | undefined, name: string): string | null {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim().split('=', 2))
  return pairs.find(([key]) => key === name)?.[1] ?? null
}
