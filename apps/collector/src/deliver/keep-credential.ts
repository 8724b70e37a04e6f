import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, ENROL_PATH, messageOf } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'
import type { Log } from '../log.ts'
import { postRequest } from './post-request.ts'
import type { Answer, HttpContext } from './post-request.ts'
import { readEnrolResponse } from './read-answer.ts'
import { flushToDisk } from './spool-files.ts'

export type CredentialKeeper = {
  /**
   * The credential as text, or the reason why it is missing. Enrols if the file is missing and a token is configured.
   */
  readonly obtain: () => Promise<string | Exclude<Answer, { kind: 'taken' }>>
  /** Forgets the credential in memory after the server refused it. From then on only the file counts. */
  readonly forget: () => void
}

/**
 * Keeps this host's credential in the file `credential`, read each time, so that a person can replace it. If the file
 * of an accepted credential disappears, the credential is saved again.
 */
export function createCredentialKeeper(options: {
  server: URL
  enrolmentToken: string | null
  stateDir: string
  host: Pick<Report['host'], 'id' | 'name'>
  log: Log
  http: HttpContext
}): CredentialKeeper {
  const file = join(options.stateDir, 'credential')
  let held: string | null = null
  let savable = true

  async function obtain(): ReturnType<CredentialKeeper['obtain']> {
    const kept = await read(file)
    if (typeof kept !== 'string') return held ?? kept
    if (kept !== '') {
      held = kept
      return kept
    }
    if (held !== null) {
      await save(held)
      return held
    }
    if (options.enrolmentToken === null) {
      return {
        kind: 'unauthorised',
        detail: `there is no credential in ${file} and no enrolment token; configure an enrolment token`,
      }
    }
    return enrol(options.enrolmentToken)
  }

  async function enrol(bearer: string): ReturnType<CredentialKeeper['obtain']> {
    const { id, name } = options.host
    const url = new URL(`.${ENROL_PATH}`, options.server)
    const answer = await postRequest({ url, bearer, text: JSON.stringify({ host: { id, name } }) }, options.http)
    switch (answer.kind) {
      case 'failed':
      case 'unsupported':
      case 'send-all':
        return answer
      case 'refused':
      case 'unauthorised':
        return {
          kind: 'unauthorised',
          detail: `enrolment was refused (${answer.detail}); create an enrolment token on the server and configure it here`,
        }
      case 'taken': {
        const given = readEnrolResponse(answer.body)
        if (given === null) {
          return {
            kind: 'failed',
            detail: 'the answer to the enrolment is not from a Slashzero server',
            retryAfterMilliseconds: null,
          }
        }
        held = given.credential
        await save(held)
        options.log.info({ hypervisorId: given.hypervisorId, server: options.server.origin }, 'enrolled')
        return held
      }
      default:
        return answer satisfies never
    }
  }

  /**
   * Flushes the file to disk: a power cut must not lose the credential, because the enrolment token works only once.
   */
  async function save(credential: string): Promise<void> {
    try {
      await mkdir(options.stateDir, { recursive: true, mode: 0o700 })
      const handle = await open(`${file}.tmp`, 'w', 0o600)
      try {
        await handle.writeFile(`${credential}\n`)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(`${file}.tmp`, file)
      await flushToDisk([options.stateDir])
      savable = true
    } catch (error) {
      if (savable) {
        options.log.error(
          { file, error: messageOf(error) },
          'cannot save the credential: this host must be enrolled again after a restart; make the state directory writable',
        )
      }
      savable = false
    }
  }

  return {
    obtain,
    forget: () => {
      held = null
    },
  }
}

/** The text of the file; empty if the file is missing or empty. A damaged file must not lead to a second enrolment. */
async function read(file: string): Promise<string | { kind: 'unauthorised'; detail: string }> {
  try {
    const text = (await readFile(file, 'utf8')).trim()
    if (/^[\w.~+/=-]*$/.test(text)) return text
    return { kind: 'unauthorised', detail: `${file} is damaged; remove it and configure an enrolment token` }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return ''
    return {
      kind: 'unauthorised',
      detail: `cannot read ${file}: ${messageOf(error)}`,
    }
  }
}
