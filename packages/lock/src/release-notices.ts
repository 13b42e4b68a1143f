import type { Redis } from 'ioredis'

/** Told who may go next; empty: anyone, or that something may have changed unheard. */
export type OnNotice = (nextOwner: string) => void

export interface ReleaseNotices {
  /** Calls `onNotice` at each release, and once when the subscription stands: check then, or a release before is missed. */
  listen(channel: string, onNotice: OnNotice): () => void
  /** The same if the subscription stands already, without that first call; undefined if it does not. */
  listenIfStanding(channel: string, onNotice: OnNotice): (() => void) | undefined
  close(): void
}

export interface NoticesOptions {
  /** A connection without `keyPrefix` to listen on. Default: a duplicate of `redis`, made when first needed. */
  readonly subscriber?: Redis
  /** How long a subscription is kept when nobody listens: under contention the next waiter comes soon. In ms. */
  readonly noticesKeptMs?: number
}

interface Subscription {
  readonly listeners: Set<OnNotice>
  standing: boolean
  /** Runs while nobody listens. */
  endTimer?: NodeJS.Timeout
}

const noticesKeptMsDefault = 1_000

/**
 * All waiters of a process hear of releases over one connection, subscribed once a channel. Notices only make waiting
 * shorter: a waiter whose subscription fails, or whose connection breaks, still checks now and then by itself.
 */
export function createReleaseNotices(
  redis: Redis,
  { subscriber, noticesKeptMs = noticesKeptMsDefault }: NoticesOptions = {},
): ReleaseNotices {
  const subscriptions = new Map<string, Subscription>()
  let connection: Redis | undefined
  let closed = false

  const connect = (): Redis => {
    connection = subscriber ?? duplicateForSubscribing(redis)
    connection.on('message', hear)
    return connection
  }

  const hear = (channel: string, nextOwner: string): void => {
    for (const onNotice of subscriptions.get(channel)?.listeners ?? []) onNotice(nextOwner)
  }

  const subscribe = (channel: string): Subscription => {
    const subscription: Subscription = { listeners: new Set(), standing: false }
    subscriptions.set(channel, subscription)
    const tell = (): void => {
      subscription.standing = true
      for (const onNotice of subscription.listeners) onNotice('')
    }
    // The next to listen tries again.
    const forget = (): void => {
      if (subscriptions.get(channel) === subscription) subscriptions.delete(channel)
    }
    ;(connection ?? connect()).subscribe(channel).then(tell, forget)
    return subscription
  }

  const end = (channel: string, subscription: Subscription): void => {
    if (subscriptions.get(channel) !== subscription) return
    subscriptions.delete(channel)
    connection?.unsubscribe(channel).catch(() => {})
  }

  const join = (channel: string, subscription: Subscription, onNotice: OnNotice): (() => void) => {
    clearTimeout(subscription.endTimer)
    subscription.listeners.add(onNotice)
    return () => {
      subscription.listeners.delete(onNotice)
      if (subscription.listeners.size > 0 || closed) return
      subscription.endTimer = setTimeout(() => end(channel, subscription), noticesKeptMs).unref()
    }
  }

  return {
    listen(channel, onNotice) {
      if (closed) return () => {}
      const subscription = subscriptions.get(channel) ?? subscribe(channel)
      const leave = join(channel, subscription, onNotice)
      if (subscription.standing) onNotice('')
      return leave
    },
    listenIfStanding(channel, onNotice) {
      const subscription = subscriptions.get(channel)
      return !closed && subscription?.standing ? join(channel, subscription, onNotice) : undefined
    },
    close() {
      closed = true
      const channels = [...subscriptions.keys()]
      for (const { endTimer } of subscriptions.values()) clearTimeout(endTimer)
      subscriptions.clear()
      connection?.off('message', hear)
      if (connection !== subscriber) connection?.disconnect()
      else if (connection && channels.length > 0) connection.unsubscribe(...channels).catch(() => {})
    },
  }
}

/** Waits for Redis as long as it takes: nobody waits for this connection. */
function duplicateForSubscribing(redis: Redis): Redis {
  const connection = redis.duplicate({
    keyPrefix: '',
    lazyConnect: false,
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    commandTimeout: undefined,
  })
  // The same Redis fails the commands of the connection it was duplicated from; there the error has a caller.
  connection.on('error', () => {})
  return connection
}
