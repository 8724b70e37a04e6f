import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { returnGuess, takeGuess } from '@slashzero/db'
import type { ServiceContext } from '../context.ts'

const WINDOW_MILLISECONDS = 15 * 60_000
const MAX_GUESSES = 20
/** More than of an account, because people may share an address. */
const MAX_GUESSES_OF_NETWORK = 100

type Guess = {
  /** Seconds until the next guess is allowed; 0 if this one is. */
  readonly waitSeconds: number
  /** Call if the guess was right, or was not checked. */
  readonly giveBack: () => Promise<void>
  /**
   * What shows with the next guess that this browser knew the password of the account. Make it only after a right
   * guess.
   */
  readonly makeProof: () => string
}

/**
 * Counts a guess: in 15 minutes 20 wrong ones of `account` and 100 of `network`. A browser with a `proof` of an earlier
 * right guess counts alone, so that nobody can lock its user out. `secret` signs proofs in every process.
 */
export async function limitGuesses(
  { db, now }: Pick<ServiceContext, 'db' | 'now'>,
  {
    account,
    network,
    proof,
    secret,
  }: { account: string; network: string | null; proof: string | null; secret: string },
): Promise<Guess> {
  const browser = proof === null ? null : readProof(proof, account, secret)
  const own = browser === null ? `account ${account}` : `browser ${browser} ${account}`
  const limits = [{ key: digest(own), max: MAX_GUESSES }]
  if (browser === null && network !== null)
    limits.push({ key: digest(`network ${network}`), max: MAX_GUESSES_OF_NETWORK })
  const waits = limits.map(async ({ key, max }) => {
    const { count, since } = await takeGuess(db.pool, { key, now: now(), windowMilliseconds: WINDOW_MILLISECONDS })
    return count > max ? Math.max(1, Math.ceil((since + WINDOW_MILLISECONDS - now()) / 1000)) : 0
  })
  return {
    waitSeconds: Math.max(...(await Promise.all(waits))),
    giveBack: async () => void (await Promise.all(limits.map(({ key }) => returnGuess(db.pool, key)))),
    makeProof() {
      const name = randomBytes(16).toString('base64url')
      return `${name}.${sign(name, account, secret)}`
    },
  }
}

/** The browser's name in a proof for this account; null for a forged or a foreign proof. */
function readProof(proof: string, account: string, secret: string): string | null {
  const [name = '', signature = ''] = proof.split('.')
  const [given, right] = [Buffer.from(signature), Buffer.from(sign(name, account, secret))]
  return given.length === right.length && timingSafeEqual(given, right) ? name : null
}

function sign(name: string, account: string, secret: string): string {
  return createHmac('sha256', secret).update(`browser\n${name}\n${account}`).digest('base64url')
}

/** Hash the account, so that the table holds no account names. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
