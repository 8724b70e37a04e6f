import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

export type Bundle = {
  /** ES modules by file name. They are in one folder with `koffi.node`. */
  readonly code: ReadonlyMap<string, string>
  /** Names of the npm packages in the bundle. */
  readonly packages: readonly string[]
}

/** The file of the bundle that Node starts. */
export const ENTRY = 'collector.mjs'

/** Bundles this version of the collector with all its imports; in one file unless `split`. */
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
  // One character beyond Latin-1 would make Node keep two bytes per character. Names stay because messages show them.
  const codegen = { removeWhitespace: true, asciiOnly: true }
  const { output } = await build.generate({
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name].mjs',
    // A dynamic import stays on the disk until its use, so the service never loads the code of doctor and help.
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
// An import of node:http evaluates all exports, also WebSocket, and so loads the client behind fetch: 6 MB.
const HTTP = '\0node:http'
const LOAD_HTTP = `export const { createServer, request } = process.getBuiltinModule('node:http')`
// koffi's own loader would search node_modules, which a package does not have.
const KOFFI = '\0koffi'
const LOAD_KOFFI = `import { createRequire } from 'node:module'\nexport default createRequire(import.meta.url)('./koffi.node')`
