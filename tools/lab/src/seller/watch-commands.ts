import { createHash } from 'node:crypto'
import { Redis, type Command } from 'ioredis'
import { Client, type QueryResult } from 'pg'
import { sqlLabel } from './sql-label.ts'

export type Store = 'redis' | 'sql' | 'zookeeper'

/** Receives each request to a store, and its reply. */
export interface CommandWatcher {
  readonly onRequest: (store: Store) => void
  /** Undefined: replies are not watched, and cost nothing. */
  onReply: ((store: Store, text: string, tookMs: number) => void) | undefined
}

/** Commands that clients send when they connect, not strategies. */
const handshake = new Set([
  'hello',
  'info',
  'client',
  'auth',
  'select',
  'script',
  'config',
  'quit',
  'subscribe',
  'unsubscribe',
  'ping',
])
const textMax = 60

/** Watches every request that this process sends to Redis and Postgres, whichever library sends it. */
export function watchCommands(watcher: CommandWatcher): void {
  watchScripts()
  watchRedis(watcher)
  watchPostgres(watcher)
}

type DefineCommand = (this: Redis, name: string, definition: { lua: string }) => unknown
type SendCommand = (this: Redis, ...sent: Parameters<Redis['sendCommand']>) => unknown
type Query = (this: Client, ...args: unknown[]) => unknown

function watchRedis(watcher: CommandWatcher): void {
  const send: SendCommand = Reflect.get(Redis.prototype, 'sendCommand')
  const seen = new WeakSet<object>()
  const watched: SendCommand = function watched(command, stream) {
    const reply = send.call(this, command, stream)
    // A command comes again after a reconnect.
    if (handshake.has(command.name) || seen.has(command)) return reply
    seen.add(command)
    // All commands of a pipeline are one request.
    if (!stream || !seen.has(stream)) watcher.onRequest('redis')
    if (stream) seen.add(stream)
    const { onReply } = watcher
    if (onReply && !isBackground(command)) {
      const sentAtMs = performance.now()
      const say = (said: unknown) => onReply('redis', redisText(command, said), performance.now() - sentAtMs)
      command.promise.then(say, (error: Error) => say(new Error(error.message.slice(0, 20))))
    }
    return reply
  }
  Reflect.set(Redis.prototype, 'sendCommand', watched)
}

/** No part of a sale: the product's memory looks for ledgers that were made anew, and a queue writes its settings. */
function isBackground({ name, args }: Command): boolean {
  const key = String(args[0])
  return (name === 'xrange' && key.endsWith(':offers-first')) || (name === 'hset' && key.endsWith(':meta'))
}

/** Names of scripts, by their SHA in Redis. */
const scriptNames = new Map<string, string>()

function watchScripts(): void {
  const define: DefineCommand = Reflect.get(Redis.prototype, 'defineCommand')
  const watched: DefineCommand = function watched(name, definition) {
    scriptNames.set(shaOf(definition.lua), `${name.replace(/^flashsale:|:[\d.]+$/g, '')}.lua`)
    return define.call(this, name, definition)
  }
  Reflect.set(Redis.prototype, 'defineCommand', watched)
}

function shaOf(script: string): string {
  return /^[0-9a-f]{40}$/.test(script) ? script : createHash('sha1').update(script).digest('hex')
}

function redisText({ name, args }: Command, reply: unknown): string {
  const words = args.map((arg) => shortened(withoutShop(String(arg))))
  const script = name.startsWith('eval') ? scriptNames.get(shaOf(String(args[0]))) : undefined
  // A script with a name has many keys; one without is a line of the strategy.
  const shown = script
    ? [script]
    : name.startsWith('eval')
      ? ['script', ...words.slice(2)]
      : [name.toUpperCase(), ...words]
  const isOfLedger = script === 'reserve.lua' || script === 'look-back.lua'
  const said = isOfLedger ? verdictText(reply) : replyText(reply)
  return `${clipped(shown.join(' '))} → ${said}`
}

/** The letters of a ledger's scripts in words. */
const verdicts: Readonly<Record<string, string>> = {
  A: 'accepted',
  R: 'accepted before',
  S: 'sold out',
  M: 'ledger missing',
  E: 'another epoch',
  B: 'busy',
}

function verdictText(reply: unknown): string {
  const letters = Array.isArray(reply) ? String(reply[0]) : ''
  const words = [...new Set(letters)].map((letter) => verdicts[letter])
  return letters !== '' && words.every((word) => word !== undefined) ? words.join(', ') : replyText(reply)
}

/** Removes the shop's number from its keys, since a reader needs to see one shop only. */
function withoutShop(text: string): string {
  return text.replace(/^shop-\d+-/, '').replace(/\bshop-\d+-/g, '')
}

function shortened(word: string): string {
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(word)) return `${word.slice(0, 4)}…`
  // A time of today in ms, whose value means nothing to a reader.
  return word.replace(/\b1\d{12}\b/, 'time')
}

function clipped(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > textMax ? `${line.slice(0, textMax)}…` : line
}

function replyText(reply: unknown): string {
  if (reply === null || reply === undefined) return 'nil'
  if (reply instanceof Error) return reply.message.startsWith('Connection is') ? 'no answer' : reply.message
  if (Array.isArray(reply)) return `[${reply.map(replyText).join(', ')}]`.slice(0, 24)
  return shortened(withoutShop(typeof reply === 'string' ? reply : JSON.stringify(reply))).slice(0, 24)
}

function watchPostgres(watcher: CommandWatcher): void {
  const query: Query = Reflect.get(Client.prototype, 'query')
  const watched: Query = function watched(...args) {
    watcher.onRequest('sql')
    const { onReply } = watcher
    if (!onReply) return query.apply(this, args)
    const sentAtMs = performance.now()
    const text = sqlLabel(args[0], args[1])
    const say: Say = (error, done) => {
      const said = error ? error.message.slice(0, 40) : done ? rowsText(done) : 'ok'
      onReply('sql', `${text} → ${said}`, performance.now() - sentAtMs)
    }
    // A pool passes a callback; all others take the promise.
    const answer = args.at(-1)
    if (typeof answer === 'function') {
      return query.apply(this, [
        ...args.slice(0, -1),
        (error: Error | undefined, done: QueryResult | undefined) => {
          say(error, done)
          answer(error, done)
        },
      ])
    }
    const result = query.apply(this, args)
    if (result instanceof Promise) void listen(result, say)
    return result
  }
  Reflect.set(Client.prototype, 'query', watched)
}

type Say = (error: Error | undefined, done: QueryResult | undefined) => void

async function listen(result: Promise<unknown>, say: Say): Promise<void> {
  try {
    say(undefined, (await result) as QueryResult)
  } catch (error) {
    say(error instanceof Error ? error : new Error('failed'), undefined)
  }
}

function rowsText({ rows, rowCount }: QueryResult): string {
  const [row] = rows as Record<string, unknown>[]
  if (row && rows.length === 1 && !Array.isArray(row)) {
    const columns = Object.entries(row).filter(([, value]) => value !== '' && value !== null)
    if (columns.length > 0) return columns.map(([name, value]) => `${name} ${String(value)}`).join(', ')
    return 'ok'
  }
  if (rowCount === null) return 'ok'
  return rowCount === 1 ? '1 row' : `${rowCount} rows`
}
