export interface ReadyAnnouncement {
  readonly ready: true
  /** The address of a process that listens. */
  readonly url?: string
}

/** Tells the parent process that this process is ready, if the parent has a channel to it. */
export function announceReady(url?: string): void {
  const announcement: ReadyAnnouncement = { ready: true, ...(url !== undefined && { url }) }
  if (process.connected) process.send?.(announcement)
}
