// Starts an app with production settings, in this process, so that the app gets signals itself:
// `node -C dist scripts/start.mjs api`. Settings come from the environment; .env has the others.
import './check-install.mjs'
import { existsSync, statSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const workspace = new URL('../', import.meta.url)
const settings = fileURLToPath(new URL('.env', workspace))
const programs = { api: 'apps/api/dist/server.js', worker: 'apps/worker/dist/main.js' }
const [, , name = ''] = process.argv
const file = programs[name] ?? name

// Until the process takes signals itself there is nothing to close.
for (const signal of name in programs ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : []) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(0)
  })
}

const complaint = findComplaint()
if (complaint === undefined) {
  if (existsSync(settings)) process.loadEnvFile(settings)
  process.env.NODE_ENV ??= 'production'
  await import(new URL(file, workspace).href)
} else {
  console.error(complaint)
  process.exitCode = 1
}

function findComplaint() {
  if (!/\.[jt]s$/.test(file)) return 'Say what to start: `node -C dist scripts/start.mjs api`, or worker'
  if (!existsSync(new URL(file, workspace))) return `There is no ${file} yet: run \`npx pnpm build\` first`
  if (existsSync(settings) && !statSync(settings).isFile())
    return `${settings} is not a file: it holds the settings, a line each`
  // Without the flag Node would load the sources of our packages.
  const flags = [...process.execArgv, process.env.NODE_OPTIONS].join(' ')
  if (file.endsWith('.js') && !/(?:-C|--conditions)[ =]dist/.test(flags))
    return `Start it with \`node -C dist scripts/start.mjs ${name}\``
  return undefined
}
