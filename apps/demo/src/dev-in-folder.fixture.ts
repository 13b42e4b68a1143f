// `pnpm dev` on another folder than the checkout's own.
import { runInterruptible } from '@flash-sale/runtime/run-interruptible'
import { runDev } from './run-dev.ts'
import { openTerminal } from './terminal.ts'

await runInterruptible((signal) => runDev(process.argv[2] ?? '', openTerminal(), signal))
