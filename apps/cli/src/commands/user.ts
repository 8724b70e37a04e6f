import { createSetupLink, SETUP_LINK_HOURS } from '@slashzero/services'
import { withDatabase } from '../database.ts'
import { readRunning } from '../data-folder.ts'
import { defaultPort } from '../env.ts'
import { Refusal } from '../terminal.ts'

export const help = `slashzero user setup-link

Prints a one-time link, valid for ${SETUP_LINK_HOURS} hours, that sets up the first administrator. Links made earlier end.`

export async function run(args: string[]): Promise<number> {
  if (args[0] !== 'setup-link' || args.length > 1) throw new Refusal(help)
  // A refusal of the data folder must come before the new link, which ends earlier links.
  const port = (await readRunning())?.port ?? defaultPort
  const link = await withDatabase((context) => createSetupLink(context))
  if (link === null) throw new Refusal('There is an administrator already, so no set-up link is made. Sign in instead.')
  process.stdout.write(`http://localhost:${port}/setup?token=${link.token}\n`)
  return 0
}
