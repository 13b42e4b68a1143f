import { mkdir, mkdtemp } from 'node:fs/promises'
import path from 'node:path'
import { createRunFolder, type RunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { startPostgres } from '@flash-sale/local-stack/postgres/start-postgres'
import type { Conviction } from './conviction.ts'
import { runVitest, type RanTest, type VitestRun } from './vitest-run.ts'
import { scriptMutantFiles, scriptMutants } from './script-mutants.ts'
import { sourceMutants, type SourceMutant } from './source-mutants.ts'

interface MutantsOptions {
  readonly print: (line: string) => void
  readonly signal: AbortSignal
}

/** Takes one guard out at a time, of scripts, SQL functions, workers and APIs, and runs the tests that guard it. Exit code 0: each was convicted. */
export async function runMutants({ print, signal }: MutantsOptions): Promise<number> {
  const runFolder = await createRunFolder({ onProgress: print })
  try {
    print('Starting Postgres')
    const { databaseUrl, stop } = await startServer(runFolder, print, signal)
    try {
      return await convictAll({ databaseUrl, runFolder, print, signal })
    } finally {
      await stop()
    }
  } finally {
    await runFolder.remove()
  }
}

async function startServer(
  { path: folder, recordPid }: RunFolder,
  onProgress: (line: string) => void,
  signal: AbortSignal,
) {
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '300' }
  const server = await startPostgres({
    dataDir: path.join(folder, 'postgres'),
    settings,
    recordPid,
    onProgress,
    signal,
  })
  return { databaseUrl: server.url('postgres'), stop: server.stop }
}

type Convicting = MutantsOptions & { readonly databaseUrl: string; readonly runFolder: RunFolder }

async function convictAll({ databaseUrl, runFolder, print, signal }: Convicting): Promise<number> {
  const run = async (what: Pick<VitestRun, 'files' | 'titles' | 'mutant'>) => {
    await mkdir(runFolder.path, { recursive: true })
    return runVitest({ ...what, databaseUrl, folder: await mkdtemp(path.join(runFolder.path, 'mutant-')), signal })
  }
  print('Scripts and SQL functions without one guard at a time: some minutes')
  const convictions = scriptMutants(await run({ files: scriptMutantFiles, titles: 'mutant|unchanged' }))
  print(`${convictions.length} mutants of scripts and SQL functions ran`)
  print('The tests of workers and APIs without any mutant')
  const all = { files: [...new Set(sourceMutants.map(({ test }) => test))], titles: anyOf(sourceMutants) }
  const { tests: unchanged } = await run(all)
  const wrong = sourceMutants.find((mutant) => unchanged.find(isTestOf(mutant))?.status !== 'passed')
  if (wrong) {
    print(`✘ ${wrong.test}: "${wrong.title}" does not pass without any mutant`)
    return 1
  }
  for (const mutant of sourceMutants) {
    const { tests } = await run({ files: [mutant.test], titles: anyOf([mutant]), mutant: mutant.name })
    const isConvicted = tests.some((one) => isTestOf(mutant)(one) && one.status === 'failed')
    const convictedBy = isConvicted ? `${path.basename(mutant.test)}: ${mutant.title}` : undefined
    convictions.push({ guard: mutant.name, file: mutant.file, convictedBy })
    print(`${mutant.name}: ${isConvicted ? 'convicted' : 'NOT CONVICTED'}`)
  }
  printConvictions(convictions, print)
  return convictions.every(({ convictedBy }) => convictedBy !== undefined) ? 0 : 1
}

function isTestOf({ test, title }: SourceMutant): (ran: RanTest) => boolean {
  return (ran) => ran.file === test && ran.title === title
}

/** A pattern of these tests' titles. */
function anyOf(mutants: readonly SourceMutant[]): string {
  return mutants.map(({ title }) => title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|')
}

function printConvictions(convictions: readonly Conviction[], print: (line: string) => void): void {
  const rows = [
    ['GUARD', 'IN', 'CONVICTED BY'],
    ...convictions.map(({ guard, file, convictedBy = 'NO TEST' }) => [guard, file, convictedBy]),
  ]
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  print('')
  for (const [guard, file, convictedBy] of rows) {
    print(`${guard!.padEnd(widths[0]!)}  ${file!.padEnd(widths[1]!)}  ${convictedBy!}`)
  }
  const convictedCount = convictions.filter(({ convictedBy }) => convictedBy !== undefined).length
  const isAll = convictedCount === convictions.length
  print('')
  print(`${isAll ? '✔' : '✘'} ${convictedCount} of ${convictions.length} mutants convicted`)
}
