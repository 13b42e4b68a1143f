// Writes the typed Prisma client. `generate` never runs the schema engine, but the CLI insists on locating one and would
// download it; naming any existing file satisfies it, so that an install needs nothing but the package registry.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'

const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js')
const { status, stdout, stderr } = spawnSync(process.execPath, [prisma, 'generate'], {
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  encoding: 'utf8',
})
if (status !== 0) {
  process.stderr.write(`prisma generate failed:\n${stdout}${stderr}`)
  process.exit(1)
}
