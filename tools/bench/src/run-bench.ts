import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { createRunFolder, type RunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { stepsFor, type Measured, type Step } from './figures.ts'
import type { Ground } from './ground.ts'
import { judge } from './judge.ts'
import { signBuyers } from './load/buyers.ts'
import { startGenerator, type Generator } from './load/generator.ts'
import { describeMachine, type Machine } from './measure/machine.ts'
import { showProgress, type Progress } from './progress.ts'
import type { BenchCommand } from './read-arguments.ts'
import { judgedSection } from './results/judged-section.ts'
import { printSection } from './results/print-section.ts'
import type { Results } from './results/results.ts'
import { sectionsOf } from './results/sections.ts'
import { writeResults } from './results/write-results.ts'
import { openStack, type Api, type Secrets } from './stack.ts'

/** Each connection has some of these for itself. */
const buyerCount = 2_048

/** Measures the requested figures, prints them, and stores them. */
export async function runBench(command: BenchCommand, signal: AbortSignal): Promise<void> {
  const at = new Date().toISOString()
  const steps = stepsFor(command.figures, command.settings)
  const progress = showProgress(steps.reduce((sum, step) => sum + step.needsMs, 0))
  const runFolder = await createRunFolder({ onProgress: progress.line })
  let results: Results
  try {
    const { measured, machine } = await measureAll(steps, { command, runFolder, progress, signal })
    results = { at, machine, settings: command.settings, judged: judge(measured, command.figures), measured }
  } finally {
    progress.stop()
    await runFolder.remove()
  }
  const page = await writeResults(results, command.isWhole)
  printResults(results, page)
}

export interface MeasureOptions {
  readonly command: BenchCommand
  readonly runFolder: RunFolder
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** Takes the steps one after the other, each on stores of its own. */
export async function measureAll(
  steps: readonly Step[],
  options: MeasureOptions,
): Promise<{ measured: Measured; machine: Machine }> {
  const { progress, signal } = options
  const secrets = { JWT_SECRET: randomBytes(32).toString('hex'), OPS_KEY: randomBytes(32).toString('hex') }
  const buyers = signBuyers(secrets.JWT_SECRET, buyerCount)
  const generator = await startGenerator()
  let measured: Partial<Measured> = {}
  let machine: Machine | undefined
  try {
    for (const [i, step] of steps.entries()) {
      signal.throwIfAborted()
      progress.begin(step.title, step.needsMs)
      const found = await onOwnStack(`step-${i}`, { ...options, secrets, buyers, generator }, async (ground) => {
        machine ??= await describeMachine(ground.redis, ground.postgres)
        return step.measure(ground)
      })
      measured = { ...measured, ...found }
    }
  } finally {
    await generator.stop()
  }
  const { nullPair, pressed } = measured
  if (!machine || !nullPair || !pressed) throw new Error('nothing was measured')
  return { machine, measured: { ...measured, nullPair, pressed } }
}

interface StackOptions extends MeasureOptions {
  readonly secrets: Secrets
  readonly buyers: readonly string[]
  readonly generator: Generator
}

async function onOwnStack<Result>(
  name: string,
  { command, runFolder, progress, signal, ...shared }: StackOptions,
  use: (ground: Ground) => Promise<Result>,
): Promise<Result> {
  progress.say('starting Redis and Postgres')
  const stack = await openStack({ runFolder, name, secrets: shared.secrets, onProgress: progress.line, signal })
  let api: Promise<Api> | undefined
  // Work under way then fails at once, so that nothing waits for it.
  const breakOff = () => void Promise.allSettled([shared.generator.stop(), stack.stop()])
  signal.addEventListener('abort', breakOff)
  try {
    signal.throwIfAborted()
    return await use({
      ...stack,
      ...shared,
      settings: command.settings,
      api: () => (api ??= stack.startApi()),
      say: progress.say,
      signal,
    })
  } finally {
    signal.removeEventListener('abort', breakOff)
    await stack.stop()
  }
}

function print(line: string): void {
  console.log(line)
}

function printResults(results: Results, page: string): void {
  const isColoured = process.stdout.isTTY && !process.env['NO_COLOR']
  for (const section of [...sectionsOf(results.measured), judgedSection(results.judged, { isWide: false })]) {
    printSection(section, print, isColoured)
  }
  print('')
  print(`Page ${path.relative(process.cwd(), page)}, numbers beside it as JSON`)
}
