import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { auditItems } from '@flash-sale/kit/audit-items'
import { createRunFolder, type RunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { StartupError } from '@flash-sale/runtime/startup-error'
import { planSale, type PlannedSale } from './plan-sale.ts'
import { findK6 } from './find-k6.ts'
import { makeTokens } from './make-tokens.ts'
import type { Plan } from './plan.ts'
import { printAnswers, printAudit, printPlan } from './print-run.ts'
import type { LoadCommand } from './read-arguments.ts'
import { runK6 } from './run-k6.ts'
import { scenarios, type Scenario } from './scenarios.ts'
import { openTarget, type Target } from './target.ts'
import { judgeRun } from './verdict.ts'
import { warmUp } from './warm-up.ts'

export interface RunLoadOptions {
  readonly env: NodeJS.ProcessEnv
  readonly print: (line: string) => void
  /** A person watches: k6 may draw its progress. */
  readonly isInteractive: boolean
  readonly signal: AbortSignal
}

interface Storm extends RunLoadOptions, LoadCommand {
  readonly k6: string
  readonly target: Target
  readonly runFolder: RunFolder
}

const reportsFolder = fileURLToPath(new URL('../reports/', import.meta.url))
/** Tokens live a little longer than the run, so that none expires during it. */
const tokenLifeBeyondRunMs = 3_600_000

/** Runs one scenario, audits the result, and prints both. True if every threshold and invariant held. */
export async function runLoad(command: LoadCommand, options: RunLoadOptions): Promise<boolean> {
  const k6 = await findK6(options.env)
  if ('missing' in k6) throw new StartupError(k6.missing)
  const { env, signal, print: onProgress } = options
  const runFolder = await createRunFolder({ onProgress })
  try {
    const target = await openTarget({ env, ownsHost: command.ownsHost, runFolder, onProgress, signal })
    try {
      if (!target.isGiven) await warmUp(target)
      return await storm({ ...command, ...options, k6: k6.command, target, runFolder })
    } finally {
      await target.stop()
    }
  } finally {
    await runFolder.remove()
  }
}

async function storm(run: Storm): Promise<boolean> {
  const { scenario: name, load, target, signal } = run
  const scenario: Scenario = scenarios[name]
  const runId = `${name}-${randomBytes(4).toString('hex')}`
  const buyers = Array.from({ length: scenario.buyerCount(load) }, (_, i) => `load-${runId}-${i}`)
  const tokens = await makeTokens(target, buyers, load.durationS * 1_000 + tokenLifeBeyondRunMs)
  const tokensFile = path.join(run.runFolder.path, 'tokens.json')
  await writeFile(tokensFile, JSON.stringify(tokens), { mode: 0o600 })
  signal.throwIfAborted()
  const sale = await planSale(target, `Load test ${runId}`, scenario, load)
  try {
    const plan = { scenario: name, baseUrl: target.baseUrl, load, tokensFile, ...sale }
    printPlan(plan, target, buyers.length, run.print)
    return await pressAndJudge(run, plan)
  } finally {
    if (target.isGiven) await closeSale(target, sale, run.print)
  }
}

async function pressAndJudge(run: Storm, plan: Plan): Promise<boolean> {
  const { print, target, signal, isInteractive, runFolder } = run
  await mkdir(reportsFolder, { recursive: true })
  const startedAt = new Date().toISOString()
  const file = path.join(
    reportsFolder,
    `${startedAt.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${plan.scenario}`,
  )
  const reportFile = `${file}.html`
  const { opsKey } = target
  const k6 = await runK6({ command: run.k6, plan, opsKey, runFolder, reportFile, isInteractive, signal })
  printAnswers(k6, Math.round(scenarios[run.scenario].visitCount(plan.load)), print)
  const { audits, drainMs } = await auditItems(
    target.client,
    plan.items.map(({ itemId }) => itemId),
    signal,
  )
  const verdict = judgeRun(k6, plan.items, audits, await target.judgeMoney?.())
  printAudit(verdict, drainMs, print)
  const { tokensFile: _, ...planned } = plan
  await writeFile(`${file}.json`, JSON.stringify({ startedAt, ...planned, drainMs, ...verdict, k6 }, undefined, 2))
  print('')
  print(`Report   ${path.relative(process.cwd(), reportFile)}`)
  print(`Summary  ${path.relative(process.cwd(), `${file}.json`)}`)
  for (const failure of verdict.failures) print(`✘ ${failure}`)
  const passed = verdict.failures.length === 0
  print(passed ? `✔ ${plan.scenario}: every threshold and every invariant held` : `✘ ${plan.scenario} failed`)
  return passed
}

/** Closes the sale, so that nothing stays on sale at another deployment. */
async function closeSale({ client }: Target, { saleId }: PlannedSale, print: (line: string) => void): Promise<void> {
  const closed = await client.closeSale(saleId)
  if (!closed.ok) print(`Sale ${saleId} could not be closed; close it yourself: ${closed.problem.detail}`)
}
