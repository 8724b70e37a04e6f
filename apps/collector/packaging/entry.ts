// The program of the package: the collector, under systemd's watchdog if the unit asks for the watchdog.
import { keepWatchdog } from '../src/systemd/keep-watchdog.ts'

// ps and top show this name and not the name of a Node thread.
process.title = 'slashzero-collector'
keepWatchdog(process.env, process.pid)
await import('../src/main.ts')
