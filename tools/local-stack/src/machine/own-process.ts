import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface OwnProcess {
  readonly child: ChildProcess
  readonly pid: number
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<Exit>
  readonly hasExited: () => boolean
  readonly kill: (signal: NodeJS.Signals) => void
  /** Sends the stop signal, and kills the process if it is still there after `stopWithinMs`. May be called again. */
  readonly stop: () => Promise<void>
}

export interface OwnProcessOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly uid?: number
  readonly gid?: number
  readonly stdio: StdioOptions
  readonly stopSignal: NodeJS.Signals
  /** Bounds the stop, since the process may ignore its stop signal. */
  readonly stopWithinMs: number
}

/**
 * Starts a process that this process owns. It gets a process group of its own, so that Ctrl-C on the terminal reaches only this process,
 * which then stops its processes in the right order. If this process exits without stopping it, it still sends the stop signal. Rejects if
 * the command cannot be run.
 */
export async function startOwnProcess(options: OwnProcessOptions): Promise<OwnProcess> {
  const { command, args, stopSignal, stopWithinMs, ...spawnOptions } = options
  const child = spawn(command, args, { ...spawnOptions, detached: true })
  if (child.pid !== undefined) stopOnExit(child, stopSignal)
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      owned.delete(child)
      resolve({ code, signal })
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  child.on('error', () => undefined)
  const { pid } = child
  if (pid === undefined) throw new Error(`${command} started without a process id`)
  const hasExited = () => child.exitCode !== null || child.signalCode !== null
  const stop = async () => {
    if (hasExited()) return
    child.kill(stopSignal)
    const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
    await exited
    clearTimeout(timer)
  }
  return { child, pid, exited, hasExited, stop, kill: (signal) => void child.kill(signal) }
}

/** A file for a child's output, so that the child never blocks on a pipe that nobody reads, and can outlive this process for a moment. */
export function openLog(file: string): { fd: number; close(): void; lastLines(count: number): string } {
  const fd = openSync(file, 'w', 0o600)
  return {
    fd,
    close: () => closeSync(fd),
    lastLines: (count) => readFileSync(file, 'utf8').trim().split('\n').slice(-count).join('\n'),
  }
}

const owned = new Map<ChildProcess, NodeJS.Signals>()
let isHooked = false

function stopOnExit(child: ChildProcess, signal: NodeJS.Signals): void {
  owned.set(child, signal)
  if (isHooked) return
  isHooked = true
  process.once('exit', () => {
    for (const [ownedChild, stopSignal] of owned) ownedChild.kill(stopSignal)
  })
}
