/** The Redis names of one lock. They share a hash tag, so that scripts may touch them together on a Cluster. */
export interface LockKeys {
  readonly lock: string
  readonly fence: string
  readonly holder: string
  readonly waiters: string
  readonly seen: string
  readonly channel: string
}

/** What a lock's keys begin with: `item:7` -> `{item:7}`, so its lock is the `{item:7}:lock` that the stock scripts check. */
export function hashTagOf(name: string): string {
  if (!/^[^{}]+$/.test(name)) throw new TypeError(`a lock's name must not be empty or hold braces: "${name}"`)
  return `{${name}}`
}

export function lockKeys(prefix: string): LockKeys {
  return {
    lock: `${prefix}:lock`,
    fence: `${prefix}:fence`,
    holder: `${prefix}:holder`,
    waiters: `${prefix}:waiters`,
    seen: `${prefix}:waiters:seen`,
    channel: `${prefix}:released`,
  }
}
