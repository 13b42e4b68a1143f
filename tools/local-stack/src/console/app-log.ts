import { prettyFactory } from 'pino-pretty'
import type { Terminal } from './terminal.ts'

const warnLevel = 40

export interface AppLog {
  readonly write: (app: string, line: string) => void
  /** Shows the lines so far, and all further lines. */
  readonly open: () => void
}

/**
 * Shows the log lines of the API and the worker once it is opened. If an app does not start, its last line is reported anyway, as the reason.
 */
export function createAppLog(terminal: Terminal): AppLog {
  const pretty = prettyFactory({
    colorize: terminal.paint('bold', '') !== '',
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,name',
    singleLine: true,
  })
  let held: [app: string, line: string][] | undefined = []

  function show(app: string, line: string): void {
    const entry = readEntry(line)
    // This warning is left out, since the command itself sets DEV_TOKENS for the tokens of its curl example.
    if (entry?.msg.startsWith('DEV_TOKENS is on')) return
    const shown = entry ? pretty(line).trimEnd() : line
    terminal.line(`  ${terminal.paint(entry && entry.level < warnLevel ? 'dim' : 'yellow', app.padEnd(6))} ${shown}`)
  }

  return {
    write(app, line) {
      if (held) held.push([app, line])
      else show(app, line)
    },
    open() {
      const lines = held ?? []
      held = undefined
      for (const [app, line] of lines) show(app, line)
    },
  }
}

/** Undefined for text that is not a log line, such as the message of a process that cannot start. */
function readEntry(line: string): { readonly level: number; readonly msg: string } | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const { level, msg }: { level?: unknown; msg?: unknown } = JSON.parse(line)
    return { level: Number(level), msg: String(msg) }
  } catch {
    return undefined
  }
}
