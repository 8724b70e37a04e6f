// The program of the package: the collector, under systemd's watchdog if the unit asks for the watchdog.
import { keepWatchdog } from '../src/systemd/keep-watchdog.ts'

// ps and top show it by this name, not by that of a thread of Node's.
process.title = 'slashzero-collector'
keepWatchdog(process.env, process.pid)
await import('../src/main.ts')
