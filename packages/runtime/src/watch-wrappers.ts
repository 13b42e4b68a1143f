import { readFileSync } from 'node:fs'

/** A process whose parent waits for it. */
interface Link {
  readonly pid: number
  readonly parentPid: number
}

const lookEveryMs = 500

/**
 * Calls `onGone` when one of the programs that started this process is gone: npx, pnpm and the shells between them. npx does not pass
 * SIGTERM on, so this process can only see that npx ended. Does nothing without such programs, or without /proc.
 */
export function watchWrappers(onGone: () => void): void {
  const links = linksToWrappers()
  if (links.length === 0) return
  const timer = setInterval(() => {
    // A process whose parent is gone gets another parent.
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

/** npm, npx and pnpm set this variable for the processes that they start, and their children inherit it. */
function isStartedByWrapper(pid: number): boolean {
  return read(`/proc/${pid}/environ`)
    .split('\0')
    .some((variable) => variable.startsWith('npm_lifecycle_event='))
}

function parentOf(pid: number): number | undefined {
  // Fields are counted after the program's name, which is in parentheses and may contain any character.
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
