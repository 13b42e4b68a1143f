import { prettyFactory } from 'pino-pretty'
import type { Terminal } from './terminal.ts'

const warnLevel = 40

/** Shows what the API and the worker log. */
export function createAppLog(terminal: Terminal): (app: string, line: string) => void {
  const pretty = prettyFactory({
    colorize: terminal.paint('bold', '') !== '',
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,name',
    singleLine: true,
  })
  return (app, line) => {
    const entry = readEntry(line)
    // It is we who turned that on, for the tokens of the curl.
    if (entry?.msg.startsWith('DEV_TOKENS is on')) return
    const shown = entry ? pretty(line).trimEnd() : line
    terminal.line(`  ${terminal.paint(entry && entry.level < warnLevel ? 'dim' : 'yellow', app.padEnd(6))} ${shown}`)
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
