import { prettyFactory } from 'pino-pretty'
import type { Terminal } from './terminal.ts'

const warnLevel = 40

export interface AppLog {
  readonly write: (app: string, line: string) => void
  /** Shows what was written so far, and everything from now on. */
  readonly open: () => void
}

/**
 * Shows what the API and the worker log, once it is opened: of an app that does not start the last line is reported anyway, as the reason.
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
    // It is we who turned that on, for the tokens of the curl.
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

/** Undefined for what is no log line: the words that a process that cannot start leaves. */
function readEntry(line: string): { readonly level: number; readonly msg: string } | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const { level, msg }: { level?: unknown; msg?: unknown } = JSON.parse(line)
    return { level: Number(level), msg: String(msg) }
  } catch {
    return undefined
  }
}
