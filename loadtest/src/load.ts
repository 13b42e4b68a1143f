import { readArguments, helpText } from './read-arguments.ts'
import { runInterruptible } from '@flash-sale/runtime/run-interruptible'
import { runLoad } from './run-load.ts'

const print = (line: string) => console.log(line)

await runInterruptible(async (signal) => {
  const command = readArguments(process.argv.slice(2))
  if (command === 'help') {
    print(helpText())
    return 0
  }
  const isInteractive = process.stdout.isTTY
  return (await runLoad(command, { env: process.env, print, isInteractive, signal })) ? 0 : 1
})
