import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { startOwnProcess } from '@flash-sale/local-stack/machine/own-process'
import type { RunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { StartupError } from '@flash-sale/runtime/startup-error'
import type { K6Summary } from './k6-summary.ts'
import type { Plan } from './plan.ts'

export interface RunK6Options {
  readonly command: string
  readonly plan: Plan
  readonly opsKey: string
  readonly runFolder: RunFolder
  /** Where k6 writes its own HTML report. */
  readonly reportFile: string
  readonly isInteractive: boolean
  readonly signal: AbortSignal
}

/** k6 ends with this code when it ran to its end and a threshold did not hold. */
const thresholdsCrossed = 99
const stopWithinMs = 3_000

/** Runs a scenario to its end. If k6 fails, throws with its exit code; k6 has printed the reason on stderr. */
export async function runK6(options: RunK6Options): Promise<K6Summary> {
  const { command, plan, runFolder, signal } = options
  const planFile = path.join(runFolder.path, 'plan.json')
  const summaryFile = path.join(runFolder.path, 'summary.json')
  await writeFile(planFile, JSON.stringify(plan))
  signal.throwIfAborted()
  const k6 = await startOwnProcess({
    command,
    args: k6Args(options, planFile),
    env: k6Env(options, summaryFile),
    stdio: ['ignore', 'inherit', 'inherit'],
    stopSignal: 'SIGINT',
    stopWithinMs,
  })
  runFolder.recordPid(k6.pid)
  const stop = () => void k6.stop()
  signal.addEventListener('abort', stop, { once: true })
  const { code, signal: endedBy } = await k6.exited
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  if (code !== 0 && code !== thresholdsCrossed) {
    throw new StartupError(`k6 could not run ${plan.scenario}: it ended with ${endedBy ?? code}`)
  }
  return JSON.parse(await readFile(summaryFile, 'utf8'))
}

function k6Args({ plan, isInteractive }: RunK6Options, planFile: string): string[] {
  const script = fileURLToPath(new URL(`../scenarios/${plan.scenario}.ts`, import.meta.url))
  // Without k6's API, whose port another k6 may have, and without its usage report, which calls the network.
  const args = ['run', '--address', '', '--no-usage-report']
  if (!isInteractive) args.push('--quiet')
  // The command line names the run folder, so that the next run can end k6 if this process is killed.
  args.push('--env', `LOAD_PLAN=${planFile}`, script)
  return args
}

function k6Env({ opsKey, reportFile }: RunK6Options, summaryFile: string): NodeJS.ProcessEnv {
  const { JWT_SECRET: _, ...others } = process.env
  return {
    ...others,
    LOAD_SUMMARY: summaryFile,
    OPS_KEY: opsKey,
    K6_WEB_DASHBOARD: 'true',
    // Only the report file, no server. With the default period of 10 s a short run would write no file.
    K6_WEB_DASHBOARD_PORT: '-1',
    K6_WEB_DASHBOARD_PERIOD: '1s',
    K6_WEB_DASHBOARD_EXPORT: reportFile,
  }
}
