import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg'
import { Pool } from 'pg'
import { prismaFolder } from './migrations.ts'

/**
 * Gives `work` the schema engine of `prisma migrate`, compiled to WebAssembly instead of a downloaded binary. The
 * engine never closes its connections, so this function ends its pool.
 */
export async function withSchemaEngine<Result>(
  url: string,
  work: (engine: glue.SchemaEngine) => Promise<Result>,
): Promise<Result> {
  await loadWasm()
  const pool = new Pool({ connectionString: url, max: 1 })
  pool.on('error', () => undefined) // the current statement fails too, with more detail
  try {
    const path = join(prismaFolder, 'schema.prisma')
    const engine = await glue.SchemaEngine.new(
      { datamodels: [[path, await readFile(path, 'utf8')]] },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool)),
    )
    try {
      return await work(engine)
    } finally {
      engine.free()
    }
  } finally {
    await pool.end()
  }
}

// TypeScript declares WebAssembly only for browsers.
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>
}

let loaded: Promise<void> | undefined

/** The package's own entry imports the `.wasm` as a module, which needs a bundler. */
function loadWasm(): Promise<void> {
  loaded ??= (async () => {
    const path = createRequire(import.meta.url)
      .resolve('@prisma/schema-engine-wasm/schema_engine_bg')
      .replace(/\.js$/, '.wasm')
    const { instance } = await WebAssembly.instantiate(await readFile(path), { './schema_engine_bg.js': glue })
    // oxlint-disable-next-line no-underscore-dangle -- the name that wasm-bindgen gave it
    glue.__wbg_set_wasm(instance.exports)
    const start = instance.exports['__wbindgen_start']
    if (typeof start === 'function') start()
  })()
  return loaded
}
