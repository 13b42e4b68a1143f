import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { workspace } from '@flash-sale/local-stack/apps/run-module'
import { runCommand } from '@flash-sale/local-stack/machine/run-command'

export interface VitestRun {
  readonly files: readonly string[]
  /** Only tests whose whole name matches. */
  readonly titles?: string
  readonly mutant?: string
  /** Of a Postgres server that runs. */
  readonly databaseUrl: string
  /** Takes the report. */
  readonly folder: string
  readonly signal: AbortSignal
}

export interface RanTest {
  readonly file: string
  /** Of the groups that it stands in. */
  readonly ancestors: readonly string[]
  readonly title: string
  readonly status: string
}

const runWithinMs = 1_800_000

/** Runs test files in a process of their own. Resolves with each test that ran, and with what was printed. */
export async function runVitest(run: VitestRun): Promise<{ tests: RanTest[]; printed: string }> {
  const report = path.join(run.folder, 'report.json')
  const root = fileURLToPath(workspace)
  const vitest = path.join(path.dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
  const config = fileURLToPath(new URL('tools/chaos/mutants.config.ts', workspace))
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const titles = run.titles === undefined ? [] : ['-t', run.titles]
  const ended = await runCommand(
    process.execPath,
    [
      vitest,
      'run',
      '--testTimeout',
      '180000',
      '--root',
      root,
      '--config',
      config,
      ...reporters,
      ...titles,
      ...run.files,
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        NO_COLOR: '1',
        TEST_DATABASE_URL: run.databaseUrl,
        ...(run.mutant !== undefined && { MUTANT: run.mutant }),
      },
      timeoutMs: runWithinMs,
      signal: run.signal,
    },
  )
  run.signal.throwIfAborted()
  const text = await readFile(report, 'utf8').catch(() => undefined)
  if (text === undefined) throw new Error(`the tests did not run: ${ended.complaint}`)
  const { testResults }: Report = JSON.parse(text)
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title, status }) => ({
      file: path.relative(root, name),
      ancestors: ancestorTitles,
      title,
      status,
    })),
  )
  return { tests, printed: ended.stdout }
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}
