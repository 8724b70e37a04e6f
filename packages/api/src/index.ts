export { appRouter, type AppRouter } from './trpc/router.ts'
export type { ApiContext } from './trpc/procedure.ts'
export type { DemoLoad, DemoLoader } from './demo/demo-loader.ts'
