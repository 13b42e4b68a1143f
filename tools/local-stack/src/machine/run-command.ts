import { execFile, type ChildProcess } from 'node:child_process'

export interface CommandResult {
  /** Whether it ran to its end within the time and exited 0. */
  readonly ok: boolean
  readonly stdout: string
  /** The last line of what it said on stderr, or why it could not run. */
  readonly complaint: string
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly uid?: number
  readonly gid?: number
  /** Protects the caller from a command that hangs. */
  readonly timeoutMs: number
  /** Ends the command; it is gone when the result is there. */
  readonly signal?: AbortSignal | undefined
}

/** Runs a command to its end, without a shell. That it fails is an answer, not an exception. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const { timeoutMs, signal, ...execOptions } = options
  if (signal?.aborted) return Promise.resolve({ ok: false, stdout: '', complaint: 'interrupted' })
  return new Promise((resolve) => {
    let child: ChildProcess | undefined
    // Node's own `signal` option calls back before the command has ended, which may still be writing then.
    const end = () => void child?.kill()
    const done = (error: Error | null, stdout: string, stderr: string) => {
      signal?.removeEventListener('abort', end)
      const complaint = stderr.trim().split('\n').at(-1) ?? ''
      resolve({ ok: error === null, stdout, complaint: complaint || (error?.message ?? '') })
    }
    try {
      signal?.addEventListener('abort', end)
      child = execFile(command, [...args], { ...execOptions, timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 }, done)
    } catch (error) {
      // Node throws here, and does not call back, when it may not change to the uid or the folder that was asked for.
      done(error instanceof Error ? error : new Error(String(error)), '', '')
    }
  })
}
