// Runs before every command. If the command cannot run here, it prints one line with the reason and the remedy, and exits with 1. It runs
// on any Node, since Node may be too old, and on an install of which any part may be missing.
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'fs'
import { join } from 'path'
import { fileURLToPath } from 'url'

const workspace = fileURLToPath(new URL('..', import.meta.url))
const { engines } = readManifest('.')
// Not if another script imports this one, since built code may run from a read-only folder.
const isCommand = process.argv[1] === fileURLToPath(import.meta.url)
const isBeforeInstall = process.env.npm_lifecycle_event === 'preinstall'

const complaint =
  complaintOfNode() ||
  (isBeforeInstall ? complaintOfInstaller() : complaintOfInstall()) ||
  (isCommand && complaintOfFolder())
if (complaint) {
  console.error(complaint)
  process.exit(1)
}

function complaintOfNode() {
  const isSupported = engines.node.split(' || ').some((range) => isInRange(process.versions.node, range))
  return !isSupported && `Node ${engines.node} is needed, and this is ${process.version}: install one of these`
}

/** A range is `^20.19` (this major, from this minor on) or `>=24`. */
function isInRange(version, range) {
  const [major, minor] = version.split('.').map(Number)
  const [rangeMajor, rangeMinor = 0] = range.replace(/^\D+/, '').split('.').map(Number)
  if (major !== rangeMajor) return range.startsWith('>=') && major > rangeMajor
  return minor >= rangeMinor
}

function complaintOfInstaller() {
  const isPnpm = (process.env.npm_config_user_agent || '').startsWith('pnpm/')
  return !isPnpm && 'pnpm installs this project by itself: run `npx -y pnpm@12 demo`, or `npx -y pnpm@12 test`'
}

function complaintOfInstall() {
  const missing = findMissing()
  return missing && `The install is not whole, ${missing} is missing: run \`npx -y pnpm@12 install --force\``
}

function complaintOfFolder() {
  try {
    accessSync(workspace, constants.W_OK)
    return undefined
  } catch (error) {
    return `The commands build and keep data in ${workspace}, which cannot be written to (${error.code}): use a clone of your own`
  }
}

/** The first missing part of an install. Built code needs only a production install of some projects. */
function findMissing() {
  if (!existsSync(join(workspace, 'node_modules'))) return 'node_modules'
  for (const folder of projectFolders()) {
    const { dependencies, devDependencies } = readManifest(folder)
    for (const name of Object.keys(isCommand ? { ...dependencies, ...devDependencies } : { ...dependencies })) {
      const place = join(folder, 'node_modules', name)
      if (!existsSync(join(workspace, place))) return place
    }
  }
  const client = join('packages', 'database', 'src', 'generated', 'client.ts')
  return !isCommand || existsSync(join(workspace, client)) ? undefined : client
}

function projectFolders() {
  const nested = ['apps', 'packages', 'tools']
    .filter((parent) => existsSync(join(workspace, parent)))
    .flatMap((parent) => readdirSync(join(workspace, parent)).map((name) => join(parent, name)))
  const all = ['.', 'loadtest', ...nested].filter((folder) => existsSync(join(workspace, folder, 'package.json')))
  return isCommand ? all : all.filter((folder) => existsSync(join(workspace, folder, 'node_modules')))
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(workspace, folder, 'package.json'), 'utf8'))
}
