import { runInterruptible } from '@flash-sale/runtime/run-interruptible'
import { helpText, readArguments } from './read-arguments.ts'
import { runBench } from './run-bench.ts'

await runInterruptible(async (signal) => {
  const command = readArguments(process.argv.slice(2))
  if (command === 'help') console.log(helpText())
  else await runBench(command, signal)
  return 0
})
