// Simulates lost storage in lab tests: mounts a file system over the given folder that answers only the kernel's first
// request (include/uapi/linux/fuse.h). The mount ends with this process.
import { openSync, readSync, writeSync } from 'node:fs'
import koffi from 'koffi'

const mount = koffi.load(null).func('int mount(const char *, const char *, const char *, unsigned long, const char *)')
const HEADER = 16
const INIT_OUT = 64

const [folder = ''] = process.argv.slice(2)
const device = openSync('/dev/fuse', 'r+')
if (mount('hangs', folder, 'fuse', 0, `fd=${device},rootmode=40000,user_id=0,group_id=0`) !== 0)
  throw new Error(`cannot mount on ${folder}: errno ${koffi.errno()}`)
const request = Buffer.alloc(64 * 1024)
readSync(device, request)
const answer = Buffer.alloc(HEADER + INIT_OUT)
answer.writeUInt32LE(answer.length, 0)
request.copy(answer, 8, 8, HEADER)
for (const [place, version] of [7, 31].entries()) answer.writeUInt32LE(version, HEADER + 4 * place)
writeSync(device, answer)
process.stdout.write('mounted\n')
setInterval(() => undefined, 60_000)
