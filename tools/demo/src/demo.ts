import { demoHelp, readDemoFlags } from './demo-flags.ts'
import { runDemo } from './run-demo.ts'
import { runInterruptible } from '@flash-sale/runtime/run-interruptible'
import { openTerminal } from '@flash-sale/local-stack/console/terminal'

await runInterruptible(async (signal) => {
  const flags = readDemoFlags(process.argv.slice(2))
  const terminal = openTerminal()
  if (flags.help) {
    process.stdout.write(demoHelp)
    return 0
  }
  return runDemo({ ...flags, staysUp: terminal.isInteractive && !flags.once }, terminal, signal)
})
