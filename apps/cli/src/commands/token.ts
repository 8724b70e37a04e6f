import { parseArgs } from 'node:util'
import { API_TOKEN_DAYS, type ApiToken } from '@slashzero/contract/page'
import {
  createApiToken,
  createEnrolmentToken,
  createVmToken,
  getVm,
  listApiTokens,
  pageVms,
  listVmTokens,
  revokeApiToken,
  revokeVmToken,
  type Scope,
  scopes,
  type ServiceContext,
} from '@slashzero/services'
import { withDatabase } from '../database.ts'
import { Refusal } from '../terminal.ts'

export const help = `slashzero token create --name NAME [--scopes read] [--days D]
slashzero token enrol [--name NAME] [--uses N] [--hours H]
slashzero token vm VM
slashzero token list [--vm VM]
slashzero token revoke ID

create   makes an API token for a ticket system or a script and prints it alone; it is shown once, kept only as a hash, and works
         for D days (default ${API_TOKEN_DAYS.default}, at most ${API_TOKEN_DAYS.max})
enrol    makes an enrolment token that N collectors (default 1) can exchange within H hours (default 24) and prints it alone
vm       makes a token with which the script slashzero-push in VM, by its uuid, name or id, pushes the VM's own routes to this server;
         it speaks for no other VM
list     API tokens, or those of a VM, without their secrets
revoke   ends an API token, or one of a VM, at once`

const options = {
  name: { type: 'string' },
  scopes: { type: 'string' },
  uses: { type: 'string' },
  hours: { type: 'string' },
  days: { type: 'string' },
  vm: { type: 'string' },
} as const

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [verb, id] = positionals
  switch (verb) {
    case 'create':
      return create(
        values.name,
        values.scopes ?? 'read',
        count('--days', values.days ?? String(API_TOKEN_DAYS.default)),
      )
    case 'enrol':
      return enrol(
        values.name ?? 'command line',
        count('--uses', values.uses ?? '1'),
        count('--hours', values.hours ?? '24'),
      )
    case 'vm':
      return ofVm(id)
    case 'list':
      return values.vm === undefined ? list() : listOfVm(values.vm)
    case 'revoke':
      return revoke(id)
    case undefined:
    default:
      throw new Refusal(help)
  }
}

async function create(name: string | undefined, wished: string, expiresInDays: number): Promise<number> {
  if (!name) throw new Refusal('--name NAME is missing: it tells tokens apart in the list.')
  if (expiresInDays > API_TOKEN_DAYS.max)
    throw new Refusal(`--days ${expiresInDays}: use at most ${API_TOKEN_DAYS.max}.`)
  const wishedScopes = wished.split(',').map(toScope)
  const { token } = await withDatabase((context) =>
    createApiToken(context, { name, scopes: wishedScopes, expiresInDays }),
  )
  process.stdout.write(`${token}\n`)
  return 0
}

function toScope(text: string): Scope {
  const scope = scopes.find((known) => known === text)
  if (scope === undefined) throw new Refusal(`--scopes ${text}: the scopes are ${scopes.join(', ')}.`)
  return scope
}

async function enrol(name: string, uses: number, expiresInHours: number): Promise<number> {
  const { token } = await withDatabase((context) =>
    createEnrolmentToken(context, { name, uses, expiresInHours, demo: false }),
  )
  process.stdout.write(`${token}\n`)
  return 0
}

async function list(): Promise<number> {
  for (const token of await withDatabase((context) => listApiTokens(context))) {
    process.stdout.write(`${token.id}  ${token.name}  ${token.scopes.join(',')}  ${stateOf(token)}\n`)
  }
  return 0
}

function stateOf({ revokedAt, expiresAt }: ApiToken): string {
  if (revokedAt !== null) return 'revoked'
  return Date.parse(expiresAt) <= Date.now() ? `expired ${expiresAt}` : `active until ${expiresAt}`
}

async function ofVm(vm: string | undefined): Promise<number> {
  if (!vm) throw new Refusal('The VM is missing: name the VM by its uuid, name or id.')
  const { token } = await withDatabase(async (context) => createVmToken(context, { vmId: await findVmId(context, vm) }))
  process.stdout.write(`${token}\n`)
  return 0
}

async function listOfVm(vm: string): Promise<number> {
  const tokens = await withDatabase(async (context) => listVmTokens(context, { vmId: await findVmId(context, vm) }))
  for (const { id, lastUsedAt, revokedAt } of tokens) {
    process.stdout.write(
      `${id}  ${lastUsedAt === null ? 'never used' : `last used ${lastUsedAt}`}  ${revokedAt === null ? 'active' : 'revoked'}\n`,
    )
  }
  return 0
}

async function findVmId(context: ServiceContext, vm: string): Promise<string> {
  const { items } = await pageVms(context, { search: vm, sort: 'hypervisor', descending: false, limit: 1000 })
  const found = items.filter(({ uuid, name }) => name === vm || uuid === vm.toLowerCase())
  const [only, another] = found
  if (only === undefined) return (await getVm(context, { id: vm })).id
  if (another === undefined) return only.id
  const lines = found.map(({ id, name, hypervisor }) => `  ${id}  ${name} on ${hypervisor.name}`)
  throw new Refusal(`Several VMs are called ${vm}: name the VM by its id:\n${lines.join('\n')}`)
}

async function revoke(id: string | undefined): Promise<number> {
  if (id === undefined) throw new Refusal('The token is missing: name its id, which `slashzero token list` shows.')
  await withDatabase((context) => (id.startsWith('vmtoken_') ? revokeVmToken : revokeApiToken)(context, { id }))
  return 0
}

function count(option: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Refusal(`${option} ${text}: use a whole number from 1.`)
  return value
}
