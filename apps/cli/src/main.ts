import { codeOf } from '@slashzero/contract/report'
import { showsStacks } from './env.ts'
import { generateClient } from './generate.ts'
import { Refusal } from './terminal.ts'

type Command = {
  readonly summary: string
  /** Loads the command; returns its help and its run, which resolves to the exit status. */
  readonly load: () => Promise<{ help: string; run: (args: string[]) => Promise<number> }>
}

const commands: Record<string, Command> = {
  start: {
    summary: 'start everything on this machine and serve the pages',
    load: async () => {
      const { help, start } = await import('./commands/start.ts')
      return { help, run: (args) => start(args) }
    },
  },
  dev: {
    summary: 'start with the pages compiled as they change',
    load: async () => {
      const { help, start } = await import('./commands/start.ts')
      return { help, run: (args) => start(args, { development: true }) }
    },
  },
  demo: { summary: 'start with a simulated fleet; load or remove it', load: () => import('./commands/demo.ts') },
  migrate: { summary: 'bring the database to this version', load: () => import('./commands/migrate.ts') },
  user: { summary: 'make the one-time link for the first administrator', load: () => import('./commands/user.ts') },
  token: {
    summary: 'create, list and revoke tokens: of the API, for enrolment, of a VM',
    load: () => import('./commands/token.ts'),
  },
  lab: {
    summary: 'make real situations with real radvd on this machine (root)',
    load: () => import('./commands/lab.ts'),
  },
  package: { summary: "build the collector's packages for x64 and arm64", load: () => import('./commands/package.ts') },
  bench: {
    summary: 'measure ingest, fleet page, collector, and the way from a failed join to the page',
    load: () => import('./commands/bench.ts'),
  },
  verify: { summary: 'static checks and unit tests', load: () => import('./commands/verify.ts') },
  test: { summary: 'all checks and tests', load: () => import('./commands/test.ts') },
}

process.exitCode = await main(process.argv.slice(2))
// All parts have stopped. Exit now: an open connection must not block the terminal.
process.exit()

async function main([name = 'help', ...args]: string[]): Promise<number> {
  if (['help', '--help', '-h'].includes(name)) {
    process.stdout.write(usage())
    return 0
  }
  const command = commands[name]
  if (command === undefined) {
    process.stderr.write(`slashzero has no command ${JSON.stringify(name)}. \`slashzero --help\` lists them.\n`)
    return 2
  }
  try {
    await generateClient()
    const { help, run } = await command.load()
    if (args.some((argument) => argument === '--help' || argument === '-h')) {
      process.stdout.write(`${help}\n`)
      return 0
    }
    return await run(args)
  } catch (error) {
    return explain(name, error)
  }
}

function usage(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
  return `slashzero <command> [options]\n\nWhich VM has lost its ::/0, why, and which one is next.\n\n${lines.join('\n')}\n\n\`slashzero <command> --help\` explains one.\n`
}

/**
 * Wrong arguments end with 2, expected failures with 1, both with one sentence. Anything else is a defect and shows
 * where.
 */
function explain(name: string, error: unknown): number {
  if (!(error instanceof Error)) throw error
  if (codeOf(error)?.startsWith('ERR_PARSE_ARGS')) {
    process.stderr.write(`${error.message.split('. ')[0]}. \`slashzero ${name} --help\` lists the options.\n`)
    return 2
  }
  const expected = error instanceof Refusal || error.name === 'ServiceError' || error.name === 'DatabaseError'
  process.stderr.write(`${expected || !showsStacks ? error.message : (error.stack ?? error.message)}\n`)
  return 1
}
