// Starts a program of ours with production settings: `node --conditions=dist scripts/start.mjs apps/api/dist/server.js`.
// Settings come from the environment and, where that is silent, from .env.
import './check-install.mjs'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const workspace = new URL('../', import.meta.url)
const program = new URL(process.argv[2] ?? '', workspace)
const settings = fileURLToPath(new URL('.env', workspace))

if (existsSync(program)) {
  if (existsSync(settings)) process.loadEnvFile(settings)
  process.env.NODE_ENV ??= 'production'
  await import(program.href)
} else {
  console.error(`There is no ${process.argv[2]} yet: run \`npx pnpm build\` first`)
  process.exitCode = 1
}
