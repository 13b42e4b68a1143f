import { readFileSync } from 'node:fs'
import { runCommand } from './run-command.ts'

/** The command line of a process; undefined if there is no such process, or this user may not see it. */
export async function commandLineOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return readOrUndefined(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ')
  return psColumn(pid, 'command=')
}

/** A text for the start time of a process, which tells two processes with the same id apart; undefined if the process is gone. */
export async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return psColumn(pid, 'lstart=')
  const fields = readOrUndefined(`/proc/${pid}/stat`)
  // Fields are counted after the program's name, which is in parentheses and may contain any character. A zombie counts as gone.
  const [state, ...others] = fields?.slice(fields.lastIndexOf(')') + 2).split(' ') ?? []
  return state === undefined || state === 'Z' ? undefined : others[18]
}

async function psColumn(pid: number, column: string): Promise<string | undefined> {
  const result = await runCommand('ps', ['-ww', '-o', column, '-p', String(pid)], { timeoutMs: 5_000 })
  return result.ok ? result.stdout.trim() || undefined : undefined
}

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8') || undefined
  } catch {
    return undefined
  }
}
