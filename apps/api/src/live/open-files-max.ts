import { readFileSync } from 'node:fs'

/** How many files and sockets this process may have open, as far as the system tells; Infinity if it does not. */
export function openFilesMax(readLimits: () => string = readOwnLimits): number {
  const limit = /^Max open files\s+(\S+)/m.exec(readLimits())?.[1]
  return limit === undefined || limit === 'unlimited' ? Infinity : Number(limit)
}

/** Only Linux has this file. Node has raised the limit as far as it may when it started. */
function readOwnLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return ''
  }
}
