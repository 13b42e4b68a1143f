import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, onTestFinished, test } from 'vitest'

const repository = fileURLToPath(new URL('..', import.meta.url))
const [major, minor] = process.versions.node.split('.').map(Number) as [number, number]
const whole = { code: 0, lines: [] }
let workspace = ''

beforeEach(async () => {
  workspace = await mkdtemp(path.join(tmpdir(), 'check-install-'))
  onTestFinished(() => rm(workspace, { recursive: true }))
  await chmod(workspace, 0o777)
  await cp(path.join(repository, 'scripts'), path.join(workspace, 'scripts'), { recursive: true })
  await writeManifest('.', { engines: { node: `>=${major}` }, devDependencies: { tsx: '1' } })
  await writeManifest('packages/database', { dependencies: { '@scope/pg': '1' } })
  await mkdir(path.join(workspace, 'apps'))
  for (const made of [
    'node_modules/tsx',
    'packages/database/node_modules/@scope/pg',
    'packages/database/src/generated',
  ])
    await mkdir(path.join(workspace, made), { recursive: true })
  await writeFile(path.join(workspace, 'packages/database/src/generated/client.ts'), '')
})

test.each([
  [`^${major}.${minor}`, true],
  [`^${major}.0`, true],
  [`^${major}.${minor + 1}`, false],
  [`^${major - 1}.0`, false],
  [`^${major + 1}.0`, false],
  [`>=${major + 1}`, false],
  [`>=${major - 1}`, true],
  [`^${major - 1}.0 || ^${major}.${minor} || >=${major + 2}`, true],
  [`^${major - 1}.0 || ^${major}.${minor + 1} || >=${major + 2}`, false],
])('this Node and the range %s: %s', async (range, isSupported) => {
  await writeManifest('.', { engines: { node: range } })
  const refused = {
    code: 1,
    lines: [`Node ${range} is needed, and this is ${process.version}: install one of these`],
  }
  expect(await check()).toEqual(isSupported ? whole : refused)
})

test.each([
  ['node_modules', 'node_modules'],
  ['a package of the root', 'node_modules/tsx'],
  ['a package of a package', 'packages/database/node_modules/@scope/pg'],
  ['the typed Prisma client', 'packages/database/src/generated/client.ts'],
])('an install without %s is refused in one line that says what to run', async (_, missing) => {
  expect(await check()).toEqual(whole)
  await rm(path.join(workspace, missing), { recursive: true })
  expect(await check()).toEqual({
    code: 1,
    lines: [`The install is not whole, ${path.normalize(missing)} is missing: run \`npx -y pnpm@12 install --force\``],
  })
})

test('a clone that cannot be written to is refused, but what was built runs from it', async () => {
  await chmod(workspace, 0o555)
  onTestFinished(() => chmod(workspace, 0o755))
  const { code, lines } = await check()
  expect({ code, count: lines.length }).toEqual({ code: 1, count: 1 })
  expect(lines[0]).toMatch(
    /^The commands build and keep data in .*, which cannot be written to \(EACCES\): use a clone/,
  )
  expect(await check({}, 'start.mjs', 'apps/api/dist/server.js')).toMatchObject({
    lines: [expect.stringContaining('pnpm build')],
  })
})

test('what was built starts on an install for production, and is told what that lacks', async () => {
  await rm(path.join(workspace, 'node_modules/tsx'), { recursive: true })
  await rm(path.join(workspace, 'packages/database/src'), { recursive: true })
  expect(await start()).toMatchObject({ lines: [expect.stringContaining('pnpm build')] })
  await rm(path.join(workspace, 'packages/database/node_modules/@scope/pg'), { recursive: true })
  expect(await start()).toMatchObject({ lines: [expect.stringContaining('The install is not whole')] })
})

test('before an install only pnpm is let through, and nothing needs to be there', async () => {
  await rm(path.join(workspace, 'node_modules'), { recursive: true })
  expect(await installs('pnpm/12.21.0 npm/? node/v20.20.2 linux x64')).toEqual(whole)
  expect(await installs('yarn/1.22.22 npm/? node/v20.20.2 linux x64')).toEqual({
    code: 1,
    lines: ['pnpm installs this project by itself: run `npx -y pnpm@12 demo`, or `npx -y pnpm@12 test`'],
  })
})

test('every command looks first', async () => {
  const { scripts } = JSON.parse(await readFile(path.join(repository, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const unchecked = Object.entries(scripts).filter(([, line]) => !line.startsWith('node scripts/check-install.mjs'))
  const partsOfOthers = /^(?:postinstall|format|check:.*)$/
  // These look by an import of `start.mjs`, so that a signal reaches them without a shell between.
  const byImport = /^start:/
  expect(unchecked.map(([name]) => name).filter((name) => !partsOfOthers.test(name) && !byImport.test(name))).toEqual(
    [],
  )
  expect(await readFile(path.join(repository, 'scripts/start.mjs'), 'utf8')).toContain(`import './check-install.mjs'`)
})

function start() {
  return check({}, 'start.mjs', 'apps/api/dist/server.js')
}

function installs(agent: string) {
  return check({ npm_lifecycle_event: 'preinstall', npm_config_user_agent: agent })
}

/** Root may write anywhere. */
const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

function check(
  env: Record<string, string> = {},
  name = 'check-install.mjs',
  ...args: string[]
): Promise<{ code: unknown; lines: string[] }> {
  const { npm_lifecycle_event: _, ...others } = process.env
  return new Promise((resolve) => {
    const script = path.join(workspace, 'scripts', name)
    execFile(
      process.execPath,
      [script, ...args],
      { ...asNobody, env: { ...others, ...env } },
      (error, stdout, stderr) => {
        const lines = (stdout + stderr).split('\n').filter(Boolean)
        resolve({ code: error ? error.code : 0, lines })
      },
    )
  })
}

async function writeManifest(folder: string, manifest: object): Promise<void> {
  await mkdir(path.join(workspace, folder), { recursive: true })
  await writeFile(path.join(workspace, folder, 'package.json'), JSON.stringify(manifest))
}
