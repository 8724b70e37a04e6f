import { vmFilter } from '@slashzero/contract/page'
import { exportVms, type ServiceContext } from '@slashzero/services'
import { z } from 'zod'
import { methodNotAllowed, problemOf, type Answer } from '../http/answer.ts'
import { parseQuery } from '../http/parse-query.ts'
import { vmsToCsv } from './vms-to-csv.ts'

/** The filter of the VM list as its page writes it into the URL. The place and the order of the page do not matter. */
const place = z.string().optional()
const query = vmFilter
  .extend({
    goesDark: z.stringbool().optional(),
    sort: place,
    descending: place,
    cursor: place,
    offset: place,
    limit: place,
  })
  .strict()

/**
 * Answers `GET /api/export/vms.csv` with every matching VM, read and sent in pieces. The first piece is read before the
 * status is sent, so that a refusal is a problem and not a broken file.
 */
export async function answerVmsCsv(
  context: ServiceContext,
  request: { readonly method: string; readonly url: URL },
): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed(request.method, 'GET, HEAD')
  try {
    const filter = vmFilter.parse(parseQuery(query, request.url.searchParams))
    const vms = exportVms(context, filter)[Symbol.asyncIterator]()
    const first = await vms.next()
    return {
      status: 200,
      headers: {
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': 'attachment; filename="vms.csv"',
        'cache-control': 'no-store',
      },
      body: vmsToCsv(startingWith(first, vms)),
    }
  } catch (error) {
    return problemOf(error, context.log)
  }
}

async function* startingWith<Item>(first: IteratorResult<Item>, rest: AsyncIterator<Item>): AsyncGenerator<Item> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
