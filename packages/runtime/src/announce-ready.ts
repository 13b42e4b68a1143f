export interface ReadyAnnouncement {
  readonly ready: true
  /** Where the process listens, where it does. */
  readonly url?: string
}

/** Tells the process that started this one, if one did and listens, that it is at work now. */
export function announceReady(url?: string): void {
  const announcement: ReadyAnnouncement = { ready: true, ...(url !== undefined && { url }) }
  if (process.connected) process.send?.(announcement)
}
