import path from 'node:path'
import { showProgress } from '@flash-sale/kit/step-progress'
import { createRunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { runInterruptible } from '@flash-sale/runtime/run-interruptible'
import { runMutants } from './mutants/run-mutants.ts'
import { helpText, readArguments, type StrikeCommand } from './read-arguments.ts'
import { printTable } from './results/print-table.ts'
import { writeResults } from './results/write-results.ts'
import { hasBreach, runChaos, type ChaosResults } from './run-chaos.ts'

const print = (line: string) => void process.stdout.write(`${line}\n`)
const isColoured = process.stdout.isTTY && !process.env['NO_COLOR']

await runInterruptible(async (signal) => {
  const command = readArguments(process.argv.slice(2))
  if (command.kind === 'help') {
    print(helpText())
    return 0
  }
  return command.kind === 'mutants' ? runMutants({ print, signal }) : strike(command, signal)
})

async function strike(command: StrikeCommand, signal: AbortSignal): Promise<number> {
  const progress = showProgress(process.stdout)
  const runFolder = await createRunFolder({ onProgress: progress.line })
  let results: ChaosResults
  try {
    progress.line(`Seed ${command.seed}`)
    results = await runChaos({ ...command, runFolder, progress, signal })
  } finally {
    progress.stop()
    await runFolder.remove()
  }
  if (signal.aborted) {
    if (results.rounds.length > 0) printTable(results, print, isColoured)
    print('Stopped before the end, so no page was written')
    signal.throwIfAborted()
  }
  const page = await writeResults(results, command.isWhole)
  printTable(results, print, isColoured)
  print(`Page ${path.relative(process.cwd(), page)}: the same in English and Chinese`)
  return hasBreach(results) ? 1 : 0
}
