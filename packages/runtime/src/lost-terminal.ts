import { closeSync, fstatSync } from 'node:fs'
import { isatty } from 'node:tty'

const standardFds = [0, 1, 2]

/** Closes a terminal that is gone before the process exits. Otherwise Node would abort when it resets the terminal at its end. */
export function letGoOfLostTerminal(): void {
  process.once('exit', () => {
    for (const fd of standardFds) {
      try {
        // A terminal that is gone is still a character device, but no longer a terminal.
        if (fstatSync(fd).isCharacterDevice() && !isatty(fd)) closeSync(fd)
      } catch {
        // The descriptor is closed already.
      }
    }
  })
}
