import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from '@flash-sale/local-stack/machine/run-command'
import { eventually } from '@flash-sale/testing/eventually'
import { provided } from '@flash-sale/testing/provided'
import { onTestFinished } from 'vitest'

export interface StartedCommand {
  readonly output: () => string
  /** Resolves when the demo has printed the text. */
  readonly printed: (text: string) => Promise<unknown>
  readonly signal: (signal: NodeJS.Signals) => void
  readonly exitCode: Promise<number | null>
  /** Run folders and processes that the demo left behind. */
  readonly leftBehind: () => Promise<string[]>
}

const workspace = fileURLToPath(new URL('../../../', import.meta.url))
const printedWithinMs = 60_000

/** Runs the demo as a user's own process. */
export function startDemo(...args: string[]): Promise<StartedCommand> {
  return startCommand([process.execPath, '--import', 'tsx', 'tools/demo/src/demo.ts', ...args])
}

/**
 * Runs a command in the workspace. Its temporary folder identifies every process that it starts. All of them end with the test.
 */
export async function startCommand(
  [command = '', ...args]: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<StartedCommand> {
  const folder = await mkdtemp(path.join(provided('runFolder'), 'demo-'))
  // If the test runs as root, Postgres runs as another user, who must be able to enter the folder.
  await chmod(folder, 0o755)
  const { REDIS_URL: _redis, DATABASE_URL: _database, ...env } = process.env
  const child = spawn(command, args, {
    cwd: workspace,
    env: { ...env, TMPDIR: folder, LOG_LEVEL: 'warn', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()))
  const exitCode = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null)
  onTestFinished(async () => {
    if (child.exitCode === null) child.kill('SIGTERM')
    await exitCode
    for (const line of await processesNaming(folder)) kill(Number.parseInt(line, 10))
  })
  return {
    output: () => output,
    printed: (text) =>
      eventually(() => output.includes(text), { what: `"${text}" in ${output}`, timeoutMs: printedWithinMs }),
    signal: (signal) => void child.kill(signal),
    exitCode,
    leftBehind: async () => [...(await runFoldersIn(folder)), ...(await processesNaming(folder))],
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // The process has ended meanwhile.
  }
}

async function runFoldersIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return names.filter((name) => path.basename(name).startsWith('run-'))
}

/** Processes with the text in their command line or environment. All processes of a demo have its temporary folder there. */
async function processesNaming(text: string): Promise<string[]> {
  const listed = await runCommand('ps', ['axeww', '-o', 'pid=,command='], { timeoutMs: 10_000 })
  return listed.stdout.split('\n').filter((line) => line.includes(text))
}
