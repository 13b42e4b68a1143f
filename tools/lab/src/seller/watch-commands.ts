import { Redis, type Command } from 'ioredis'
import { Client, type QueryResult } from 'pg'
import type { Store } from './messages.ts'

/** Told of each request to a store, and of its reply. */
export interface CommandWatcher {
  readonly onRequest: (store: Store) => void
  /** Undefined: replies are not of interest, and cost nothing. */
  onReply: ((store: Store, text: string, tookMs: number) => void) | undefined
}

/** What clients say when they connect, and no strategy asks for. */
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
  'ping',
])
const textMax = 56

/** Watches every request that this process sends to Redis and Postgres, whichever library sends it. */
export function watchCommands(watcher: CommandWatcher): void {
  watchRedis(watcher)
  watchPostgres(watcher)
}

type SendCommand = (this: Redis, ...sent: Parameters<Redis['sendCommand']>) => unknown
type Query = (this: Client, ...args: unknown[]) => unknown

function watchRedis(watcher: CommandWatcher): void {
  const send: SendCommand = Reflect.get(Redis.prototype, 'sendCommand')
  const seen = new WeakSet<object>()
  const watched: SendCommand = function watched(command, stream) {
    const reply = send.call(this, command, stream)
    // A command comes by again when a connection is mended.
    if (handshake.has(command.name) || seen.has(command)) return reply
    seen.add(command)
    // All commands of a pipeline are one request.
    if (!stream || !seen.has(stream)) watcher.onRequest('redis')
    if (stream) seen.add(stream)
    const { onReply } = watcher
    if (onReply) {
      const sentAtMs = performance.now()
      const say = (said: unknown) => onReply('redis', redisText(command, said), performance.now() - sentAtMs)
      command.promise.then(say, (error: Error) => say(new Error(error.message.slice(0, 20))))
    }
    return reply
  }
  Reflect.set(Redis.prototype, 'sendCommand', watched)
}

function redisText({ name, args }: Command, reply: unknown): string {
  const words = args.map((arg) => shortened(withoutShop(String(arg))))
  const isScript = name.startsWith('eval')
  const shown = isScript ? ['script', ...words.slice(2)] : [name.toUpperCase(), ...words]
  return `${clipped(shown.join(' '))} → ${replyText(reply)}`
}

/** Every shop has keys of its own; a reader sees them as if there were one. */
function withoutShop(text: string): string {
  return text.replace(/^shop-\d+-/, '').replace(/\bshop-\d+-/g, '')
}

function shortened(word: string): string {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(word) ? `${word.slice(0, 4)}…` : word
}

function clipped(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > textMax ? `${line.slice(0, textMax)}…` : line
}

function replyText(reply: unknown): string {
  if (reply === null || reply === undefined) return 'nil'
  if (reply instanceof Error) return reply.message
  if (Array.isArray(reply)) return `[${reply.map(replyText).join(', ')}]`.slice(0, 24)
  return shortened(withoutShop(typeof reply === 'string' ? reply : JSON.stringify(reply))).slice(0, 24)
}

function watchPostgres(watcher: CommandWatcher): void {
  const query: Query = Reflect.get(Client.prototype, 'query')
  const watched: Query = function watched(...args) {
    watcher.onRequest('sql')
    const sentAtMs = performance.now()
    const result = query.apply(this, args)
    const { onReply } = watcher
    if (onReply && result instanceof Promise) {
      const text = clipped(withValues(args[0], args[1]))
      const say = (said: string) => onReply('sql', `${text} → ${said}`, performance.now() - sentAtMs)
      void told(result, say)
    }
    return result
  }
  Reflect.set(Client.prototype, 'query', watched)
}

function withValues(asked: unknown, values: unknown): string {
  const text = typeof asked === 'string' ? asked : String((asked as { text?: string }).text)
  if (!Array.isArray(values)) return text
  return text.replaceAll(/\$(\d+)/g, (_, index: string) => String(values[Number(index) - 1]))
}

async function told(result: Promise<unknown>, say: (said: string) => void): Promise<void> {
  try {
    say(rowsText((await result) as QueryResult))
  } catch (error) {
    say(error instanceof Error ? error.message.slice(0, 40) : 'failed')
  }
}

function rowsText({ rows, rowCount }: QueryResult): string {
  const [row] = rows as Record<string, unknown>[]
  if (row && rows.length === 1) {
    const columns = Object.entries(row).filter(([, value]) => value !== '' && value !== null)
    if (columns.length > 0) return columns.map(([name, value]) => `${name} ${String(value)}`).join(', ')
    return 'ok'
  }
  return rowCount === null ? 'ok' : `${rowCount} rows`
}
