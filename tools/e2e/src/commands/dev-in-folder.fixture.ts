// `pnpm dev` on another folder than the checkout's own.
import { runInterruptible } from '@flash-sale/runtime/run-interruptible'
import { runDev } from '@flash-sale/dev/run-dev'
import { openTerminal } from '@flash-sale/local-stack/console/terminal'

await runInterruptible((signal) => runDev(process.argv[2] ?? '', openTerminal(), signal))
