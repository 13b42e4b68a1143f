import { readFileSync } from 'node:fs'

/** A process whose parent waits for it. */
interface Link {
  readonly pid: number
  readonly parentPid: number
}

const lookEveryMs = 500

/**
 * Calls `onGone` when one of the programs in front of this process is gone: npx, pnpm and the shells between them. npx passes no
 * SIGTERM on, so its end is all that this process can see of one. Does nothing without such programs, or without /proc.
 */
export function watchWrappers(onGone: () => void): void {
  const links = linksToWrappers()
  if (links.length === 0) return
  const timer = setInterval(() => {
    // The system gives a process whose parent is gone another one.
    if (links.every(({ pid, parentPid }) => parentOf(pid) === parentPid)) return
    clearInterval(timer)
    onGone()
  }, lookEveryMs).unref()
}

function linksToWrappers(): Link[] {
  const links: Link[] = []
  let pid = process.pid
  while (isStartedByWrapper(pid)) {
    const parentPid = parentOf(pid)
    if (parentPid === undefined) break
    links.push({ pid, parentPid })
    pid = parentPid
  }
  return links
}

/** npm, npx and pnpm set this for what they start, and what that starts inherits it. */
function isStartedByWrapper(pid: number): boolean {
  return read(`/proc/${pid}/environ`)
    .split('\0')
    .some((variable) => variable.startsWith('npm_lifecycle_event='))
}

function parentOf(pid: number): number | undefined {
  // Counted from behind the program's name, which is in parentheses and may hold anything.
  const stat = read(`/proc/${pid}/stat`)
  const parentPid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  return parentPid > 0 ? parentPid : undefined
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
