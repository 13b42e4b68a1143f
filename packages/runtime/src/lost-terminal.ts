import { closeSync, fstatSync } from 'node:fs'
import { isatty } from 'node:tty'

const standardFds = [0, 1, 2]

/** Node resets its terminal as the last thing it does, and aborts when that is gone, unless it was let go before. */
export function letGoOfLostTerminal(): void {
  process.once('exit', () => {
    for (const fd of standardFds) {
      try {
        // A terminal that is gone is still a device, but no terminal any more.
        if (fstatSync(fd).isCharacterDevice() && !isatty(fd)) closeSync(fd)
      } catch {
        // It was closed before.
      }
    }
  })
}
