import type { Redis } from 'ioredis'

/** Runs `send`. The commands that it sends leave in one write, so that Redis reads them at once and answers them at once. */
export function writeTogether(redis: Redis, send: () => void): void {
  // There is none while it connects; then commands wait in a queue.
  const { stream } = redis as { readonly stream?: Redis['stream'] }
  stream?.cork()
  try {
    send()
  } finally {
    stream?.uncork()
  }
}
