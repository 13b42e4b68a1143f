import path from 'node:path'
import { createRunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { runInterruptible } from '@flash-sale/runtime/run-interruptible'
import { showProgress } from '@flash-sale/kit/step-progress'
import { helpText, readArguments } from './read-arguments.ts'
import { printTable } from './results/print-table.ts'
import { writeResults } from './results/write-results.ts'
import { isAsExpected, runLab, type LabResults } from './run-lab.ts'

const loadRounds = 3

await runInterruptible(async (signal) => {
  const command = readArguments(process.argv.slice(2))
  if (command === 'help') {
    console.log(helpText())
    return 0
  }
  const stream = command.asJson ? process.stderr : process.stdout
  const progress = showProgress(stream)
  const runFolder = await createRunFolder({ onProgress: progress.line })
  let results: LabResults
  try {
    results = await runLab({ ...command, loadRounds, runFolder, progress, signal })
  } finally {
    progress.stop()
    await runFolder.remove()
  }
  const page = await writeResults(results, command.isWhole)
  const print = (line: string) => void stream.write(`${line}\n`)
  printTable(results, print, stream.isTTY && !process.env['NO_COLOR'])
  print(`Page ${path.relative(process.cwd(), page)}: what happened in each trial, drawn, in English and Chinese`)
  if (command.asJson) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
  return isAsExpected(results) ? 0 : 1
})
