import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg'
import { Pool } from 'pg'
import { directConfig, parseDatabaseUrl } from './postgres-address.ts'

export interface SchemaEngineOptions {
  readonly databaseUrl: string
  /** The text of schema.prisma. For migrations the default is enough, which only names the kind of database. */
  readonly datamodel?: string
}

/**
 * Runs something with Prisma's own migration engine, compiled to WebAssembly and speaking through `pg`: nothing is
 * downloaded outside the package registry.
 */
export async function withSchemaEngine<T>(
  options: SchemaEngineOptions,
  use: (engine: engineModule.SchemaEngine) => Promise<T>,
): Promise<T> {
  const { databaseUrl, datamodel = 'datasource db {\n  provider = "postgresql"\n}\n' } = options
  await (loading ??= loadEngine())
  const pool = new Pool(directConfig(databaseUrl))
  try {
    const adapter = bindMigrationAwareSqlAdapterFactory(
      new WholeScriptPg(pool, { schema: parseDatabaseUrl(databaseUrl).schema }),
    )
    const datamodels: [string, string][] = [['schema.prisma', datamodel]]
    const engine = await engineModule.SchemaEngine.new({ datamodels }, () => undefined, adapter)
    try {
      return await use(engine)
    } finally {
      engine.free()
    }
  } finally {
    // The engine never ends its connections. One of them holds Prisma's advisory lock, for which the next run would wait.
    await pool.end()
  }
}

// Node has this, but TypeScript declares it for browsers only.
declare const WebAssembly: {
  compile(code: Uint8Array): Promise<object>
  instantiate(compiled: object, imports: object): Promise<{ exports: Record<string, unknown> }>
}

let loading: Promise<void> | undefined

async function loadEngine(): Promise<void> {
  // The engine reports a panic here. Without this it ends the process with a message that says nothing.
  const registry = {
    set_message(message: string) {
      throw new Error(`Prisma's migration engine failed: ${message}`)
    },
  }
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: registry })
  const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
  const wasm = await WebAssembly.compile(await readFile(path.join(folder, 'schema_engine_bg.wasm')))
  const imports = { './schema_engine_bg.js': { ...engineModule } }
  const { exports } = await WebAssembly.instantiate(wasm, imports)
  const { __wbg_set_wasm: setWasm } = engineModule
  const { __wbindgen_start: start } = exports
  setWasm(exports)
  if (typeof start === 'function') start()
}

/** PrismaPg cuts a script at every semicolon, even inside a function's body, so this sends the script to Postgres as a whole. */
class WholeScriptPg extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect()
    adapter.executeScript = async (script) => {
      await adapter.executeRaw({ sql: script, args: [], argTypes: [] })
    }
    return adapter
  }
}
