import type { LiveProcess } from '@flash-sale/contract/live'

/** A process has one name, and another one after a restart. */
export function processKey({ kind, id, startedAt }: Pick<LiveProcess, 'kind' | 'id' | 'startedAt'>): string {
  return `${kind} ${id} ${startedAt}`
}

/**
 * The processes after a frame. A silent process that the service no longer lists stays, so that an operator who was away sees that it
 * died. `at` is the time of the frame.
 */
export function keepDead(
  before: readonly LiveProcess[],
  listed: readonly LiveProcess[],
  at: string,
): readonly LiveProcess[] {
  const known = new Set(listed.map(processKey))
  const gone = before.filter((process) => process.silentMs > 0 && !known.has(processKey(process)))
  if (gone.length === 0) return listed
  const silentMsOf = ({ lastSeenAt }: LiveProcess) => Math.max(1, Date.parse(at) - Date.parse(lastSeenAt))
  return [...listed, ...gone.map((process) => ({ ...process, silentMs: silentMsOf(process), perSecond: 0, share: 0 }))]
}
