import { runDemo } from './run-demo.ts'

// The process that loads the demo is gone.
process.once('disconnect', () => process.exit(1))
process.exitCode = await runDemo(process.argv.slice(2))
process.exit()
