// A server for the check of the packages: offers the files of a folder, accepts every report, and prints each report on
// a line.
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { basename, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { ENROL_PATH } from '@slashzero/contract/report'

const ADDRESS = { host: '127.0.0.1', port: 3000 }
const SERVER = `http://${ADDRESS.host}:${ADDRESS.port}`
const [folder = '.'] = process.argv.slice(2)

createServer((request, response) => {
  const path = request.url ?? ''
  const send = (body: string | object): void =>
    void response.end(typeof body === 'string' ? body : JSON.stringify(body))
  if (path === '/install/collector.sh')
    return send(readFileSync(join(folder, 'collector.sh'), 'utf8').replaceAll('@SERVER@', SERVER))
  if (path === '/tampered/install/SHA256SUMS')
    return send(readFileSync(join(folder, 'SHA256SUMS'), 'utf8').replaceAll(/^[\da-f]{8}/gm, '00000000'))
  if (path.includes('/install/')) {
    const file = join(folder, basename(path))
    if (existsSync(file)) return void createReadStream(file).pipe(response)
    response.statusCode = 404
    return send('')
  }
  response.setHeader('content-type', 'application/json')
  if (request.headers.authorization === 'Bearer sz_enrol_spent') {
    response.statusCode = 401
    return send({ type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'The enrolment token is spent.' })
  }
  if (path === ENROL_PATH) return send({ hypervisorId: 'hv_check', credential: 'sz_host_check' })
  void buffer(request).then((bytes) => {
    // install.sh sends an empty body to ask whether the server knows a credential.
    if (bytes.length === 0) {
      response.statusCode = 400
      return send('')
    }
    const batch: unknown[] = [
      JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()),
    ].flat()
    for (const one of batch) process.stdout.write(`${JSON.stringify(one)}\n`)
    send({ accepted: batch.length, duplicates: 0 })
  })
}).listen(ADDRESS, () => process.stdout.write(`${SERVER}\n`))
