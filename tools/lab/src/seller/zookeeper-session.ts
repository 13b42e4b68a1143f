import { setTimeout as sleep } from 'node:timers/promises'
import zookeeper from 'node-zookeeper-client'
import type { CommandWatcher } from './watch-commands.ts'

/** The steps of ZooKeeper's lock recipe, on one session of this process. */
export interface ZooKeeperSession {
  /** Makes a node that ends with the session, and whose name ends in the next number. Returns its path. */
  readonly createEphemeralSequential: (prefix: string) => Promise<string>
  /** Waits until no other node of its folder has a lower number, by watching the one before it. False after `waitMs`. */
  readonly untilLowest: (path: string, waitMs: number) => Promise<boolean>
  /** The zxid of the node's creation; undefined if the node is gone. */
  readonly createdAt: (path: string) => Promise<string | undefined>
  /** Removes a node. It is no error if the node is gone already. */
  readonly remove: (path: string) => Promise<void>
  readonly close: () => void
}

const answerWithinMs = 2_000

/** The session ended, or its connection broke. Its nodes are gone, or soon will be. */
export class SessionLostError extends Error {
  override readonly name = 'SessionLostError'
}

type Done<Result> = (error: Error | zookeeper.Exception | null, result?: Result) => void

/** Opens a session that ends `sessionMs` after the last heartbeat. The next request replaces a session that ended. */
export async function openZooKeeper(
  address: string,
  sessionMs: number,
  watcher: CommandWatcher,
): Promise<ZooKeeperSession> {
  let client = await connect(address, sessionMs)

  async function ask<Result>(
    text: string,
    send: (client: zookeeper.Client, done: Done<Result>) => void,
  ): Promise<Result> {
    if (isOver(client)) client = await connect(address, sessionMs)
    watcher.onRequest('zookeeper')
    const sentAtMs = performance.now()
    const say = (said: string) => watcher.onReply?.('zookeeper', `${text} → ${said}`, performance.now() - sentAtMs)
    const timer = new AbortController()
    try {
      const result = await Promise.race([
        new Promise<Result>((resolve, reject) =>
          send(client, (error, found) => (error ? reject(asError(error)) : resolve(found as Result))),
        ),
        sleep(answerWithinMs, undefined, { signal: timer.signal }).then(() => Promise.reject(new Error('no answer'))),
      ])
      say(typeof result === 'string' ? nameOf(result) : 'ok')
      return result
    } catch (error) {
      const { message } = asError(error)
      say(message.replace(/^Exception: (\w+).*$/, '$1').slice(0, 24))
      // A node that was made without an answer would block everybody, so the session is closed with it.
      if (/CONNECTION_LOSS|SESSION_EXPIRED|no answer/.test(message)) {
        client.close()
        throw new SessionLostError(message)
      }
      throw error
    } finally {
      timer.abort()
    }
  }

  const children = (folder: string) =>
    ask<string[]>(`getChildren ${shown(folder)}`, (asked, done) => asked.getChildren(folder, done))

  return {
    async createEphemeralSequential(prefix) {
      const folder = prefix.slice(0, prefix.lastIndexOf('/'))
      await ask<string>(`mkdirp ${shown(folder)}`, (asked, done) => asked.mkdirp(folder, done))
      return ask<string>(`create ${shown(prefix)}`, (asked, done) =>
        asked.create(prefix, Buffer.alloc(0), zookeeper.CreateMode.EPHEMERAL_SEQUENTIAL, done),
      )
    },

    async untilLowest(path, waitMs) {
      const until = performance.now() + waitMs
      const folder = path.slice(0, path.lastIndexOf('/'))
      for (;;) {
        const names = (await children(folder)).toSorted()
        const place = names.indexOf(fileOf(path))
        if (place === -1) throw new SessionLostError(`${path} is gone`)
        const before = names[place - 1]
        if (before === undefined) return true
        const leftMs = until - performance.now()
        if (leftMs <= 0) return false
        const waited = new AbortController()
        const gone = new Promise<void>((resolve, reject) => {
          const there = `${folder}/${before}`
          ask(`watch ${before}`, (asked, done) => asked.exists(there, () => resolve(), done)).then(
            (stat) => stat === null && resolve(),
            reject,
          )
        })
        await Promise.race([gone, sleep(leftMs, undefined, { signal: waited.signal }).catch(() => undefined)])
        waited.abort()
      }
    },

    async createdAt(path) {
      const stat = await ask<zookeeper.Stat | null>(`exists ${nameOf(path)}`, (asked, done) => asked.exists(path, done))
      return stat ? String(BigInt(`0x${stat.czxid.toString('hex')}`)) : undefined
    },

    async remove(path) {
      await ask(`remove ${nameOf(path)}`, (asked, done) => asked.remove(path, -1, done)).catch(() => undefined)
    },

    close: () => client.close(),
  }
}

function connect(address: string, sessionMs: number): Promise<zookeeper.Client> {
  const client = zookeeper.createClient(address, { sessionTimeout: sessionMs, spinDelay: 20 })
  client.on('error', () => undefined)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`ZooKeeper at ${address} did not answer`)), 5_000)
    client.once('connected', () => {
      clearTimeout(timer)
      resolve(client)
    })
    client.connect()
  })
}

function isOver(client: zookeeper.Client): boolean {
  return client.getState() !== zookeeper.State.SYNC_CONNECTED
}

function asError(error: unknown): Error {
  if (error instanceof Error) return error
  return new Error(String(error))
}

function nameOf(path: string): string {
  return fileOf(path).replace(/^shop-\d+-/, '')
}

function fileOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function shown(path: string): string {
  return path.replace(/shop-\d+-/, '')
}
