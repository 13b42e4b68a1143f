import { styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan'

/** Prints progress for a person or a log. */
export interface Terminal {
  /** A person watches: lines may be redrawn, and Ctrl-C can be pressed. */
  readonly isInteractive: boolean
  readonly paint: (style: Style, text: string) => string
  readonly line: (text?: string) => void
  /** Shows a step that takes a moment, until the next line replaces it. Only persons see it. */
  readonly busy: (text: string) => void
  /** Sends all lines to `write` while something else draws, such as progress bars. Returns a function that ends that. */
  readonly divert: (write: (text: string) => void) => () => void
}

const clearLine = '\r\u001B[2K'
const widthDefault = 80

/** Standard output as a terminal. It has colours only if a person watches and has not set NO_COLOR. */
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

/** Prints a finished step and its result. */
export function reportDone({ line, paint }: Terminal, what: string, outcome: string): void {
  line(`  ${paint('green', '✔')} ${paint('bold', what.padEnd(10))} ${outcome}`)
}
