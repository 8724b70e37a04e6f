import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

export type Bundle = {
  /** ES modules by their file names. They lie in one folder, and load `koffi.node` from it. */
  readonly code: ReadonlyMap<string, string>
  /** Names of the npm packages that are in it. */
  readonly packages: readonly string[]
}

/** The file of the bundle that Node is started with. */
export const ENTRY = 'collector.mjs'

/** The collector and all that it imports; in one file where it is not to be split. It says that it is of this version. */
export async function bundle(version: string, split = true): Promise<Bundle> {
  const build = await rolldown({
    input: { [ENTRY.replace('.mjs', '')]: fileURLToPath(new URL('entry.ts', import.meta.url)) },
    platform: 'node',
    plugins: [
      {
        name: 'http',
        resolveId: (id) => (id === 'node:http' ? HTTP : null),
        load: (id) => (id === HTTP ? LOAD_HTTP : null),
      },
      {
        name: 'koffi',
        resolveId: (id) => (id === 'koffi' ? KOFFI : null),
        load: (id) => (id === KOFFI ? LOAD_KOFFI : null),
      },
      {
        name: 'version',
        load: (id) => (id === PACKAGE ? { code: JSON.stringify({ version }), moduleType: 'json' } : null),
      },
    ],
  })
  // One character beyond Latin-1 would make Node keep two bytes for each. Names stay, for the sake of messages.
  const codegen = { removeWhitespace: true, asciiOnly: true }
  const { output } = await build.generate({
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name].mjs',
    // What is imported when it is needed stays on the disk till then: the service never loads what doctor alone does.
    codeSplitting: split,
    minify: { compress: false, mangle: false, codegen },
  })
  await build.close()
  const chunks = output.filter((file) => file.type === 'chunk')
  const names = chunks.flatMap(({ moduleIds }) =>
    moduleIds.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? []),
  )
  return {
    code: new Map(chunks.map(({ fileName, code }) => [fileName, code])),
    packages: [...new Set(names)].toSorted(),
  }
}

const PACKAGE = fileURLToPath(new URL('../package.json', import.meta.url))
// To import node:http makes all of its exports, WebSocket among them, and so loads the client behind fetch: 6 MB.
const HTTP = '\0node:http'
const LOAD_HTTP = `export const { createServer, request } = process.getBuiltinModule('node:http')`
// koffi's own loader searches node_modules; what else it adds are warnings about deprecated calls.
const KOFFI = '\0koffi'
const LOAD_KOFFI = `import { createRequire } from 'node:module'\nexport default createRequire(import.meta.url)('./koffi.node')`
