export { appRouter, type AppRouter } from './trpc/router.ts'
export { createAsk } from './page/create-ask.ts'
export type { ApiContext } from './trpc/procedure.ts'
export type { DemoLoad, DemoLoader } from './demo/demo-loader.ts'
export { json, methodNotAllowed, problem, problemOf, type Answer } from './http/answer.ts'
export { answerRest, type RestRequest } from './rest/answer-rest.ts'
export { answerVmsCsv } from './export/answer-vms-csv.ts'
export { createAnswerIngest, type IngestVerbs } from './ingest/answer-ingest.ts'
export { networkOf } from './ingest/network-of.ts'
export type { IngestRequest } from './ingest/ingest-request.ts'
export {
  answerInstall,
  type GuestScripts,
  type InstallRequest,
  type PackageFile,
  type Packages,
} from './install/answer-install.ts'
