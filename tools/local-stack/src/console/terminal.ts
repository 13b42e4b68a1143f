import { styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan'

/** Where a person, or a log, reads what is going on. */
export interface Terminal {
  /** A person sits there: lines may be redrawn, and Ctrl-C can be pressed. */
  readonly isInteractive: boolean
  readonly paint: (style: Style, text: string) => string
  readonly line: (text?: string) => void
  /** Says what takes a moment, until the next line takes its place. Shown to persons only. */
  readonly busy: (text: string) => void
  /** While something else draws (progress bars), it gets the lines. Returns a function that ends that. */
  readonly divert: (write: (text: string) => void) => () => void
}

const clearLine = '\r\u001B[2K'
const widthDefault = 80

/** Standard output as a terminal. Colours only where a person can see them and has not refused them (NO_COLOR). */
export function openTerminal(stream: NodeJS.WriteStream = process.stdout): Terminal {
  const isInteractive = stream.isTTY && process.env.TERM !== 'dumb'
  const isColoured = isInteractive && !process.env.NO_COLOR
  const write = (text: string): void => {
    stream.write(text)
  }
  let isBusy = false
  let writeLine = write

  return {
    isInteractive,
    paint: (style, text) => (isColoured ? styleText(style, text) : text),
    line(text = '') {
      if (isBusy) write(clearLine)
      isBusy = false
      writeLine(`${text}\n`)
    },
    busy(text) {
      if (!isInteractive) return
      isBusy = true
      // A line that wraps could not be cleared again.
      write(clearLine + `  … ${text}`.slice(0, (stream.columns || widthDefault) - 1))
    },
    divert(other) {
      if (isBusy) write(clearLine)
      isBusy = false
      writeLine = other
      return () => (writeLine = write)
    },
  }
}

/** A number as people write it: 10,000. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** A step that is done, and what came of it. */
export function reportDone({ line, paint }: Terminal, what: string, outcome: string): void {
  line(`  ${paint('green', '✔')} ${paint('bold', what.padEnd(10))} ${outcome}`)
}
