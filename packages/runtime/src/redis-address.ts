import { readFileSync } from 'node:fs'
import type { RedisOptions } from 'ioredis'
import { fileFault } from './file-fault.ts'

/** The address of a Redis from `REDIS_URL`, as options of ioredis. */
export type RedisAddress = Pick<
  RedisOptions,
  'host' | 'port' | 'family' | 'path' | 'db' | 'username' | 'password' | 'tls'
>

const encodeHint = 'a # / ? @ : or % of the password is written as %23 %2F %3F %40 %3A or %25'

/** Why a URL of Redis is wrong, as the end of "it ..."; undefined if it is right. The text never shows a part of the URL. */
export function redisUrlFault(url: string): string | undefined {
  const read = readRedisUrl(url)
  return typeof read === 'string' ? read : undefined
}

/** Reads a URL in which `redisUrlFault` finds no fault. */
export function parseRedisUrl(url: string): RedisAddress {
  const read = readRedisUrl(url)
  if (typeof read === 'string') throw new Error(`the Redis URL ${read}`)
  return read
}

/** `unix://user:password@/run/redis.sock?db=1`: the class URL does not know this form. */
const socketUrl = /^unix:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?(\/[^?#]+)(?:\?db=([^&#]*))?$/i

function readRedisUrl(url: string): RedisAddress | string {
  if (/^unix:/i.test(url)) return readSocketUrl(url)
  if (!/^rediss?:\/\//i.test(url)) return 'must begin with redis://, rediss:// or unix://'
  if (/^rediss?:\/\/\//i.test(url)) return 'names no host; a socket is written unix:///run/redis.sock'
  if (!URL.canParse(url) || url.includes('#')) return `cannot be read: ${encodeHint}, and a port is at most 65535`
  const { protocol, hostname, port, pathname, username, password, searchParams } = new URL(url)
  if (!hostname || port === '0') return 'must name a host, and a port from 1 to 65535'
  const unknown = [...searchParams.keys()].some((name) => !['db', 'family', 'cafile'].includes(name))
  if (unknown) return `has a setting after ? that is not known; and ${encodeHint}`
  const db = readDb(pathname.slice(1) || (searchParams.get('db') ?? ''))
  if (db === undefined)
    return `must end with the number of a database, such as /0, or without a path; and ${encodeHint}`
  const credentials = readCredentials(username, password)
  if (!credentials) return `cannot be read: ${encodeHint}`
  const caFile = searchParams.get('cafile')
  const caFault = caFile === null ? undefined : fileFault(caFile)
  if (caFault !== undefined) return `must give cafile a file, but that ${caFault}`
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || 6379,
    family: Number(searchParams.get('family')) || 0,
    db,
    ...credentials,
    ...(/^rediss:$/i.test(protocol) && { tls: caFile === null ? {} : { ca: readFileSync(caFile) } }),
  }
}

function readSocketUrl(url: string): RedisAddress | string {
  const [, username, password, path, dbText] = socketUrl.exec(url) ?? []
  if (!path)
    return `of a socket is written unix:///run/redis.sock, or unix://user:password@/run/redis.sock?db=1; ${encodeHint}`
  const db = readDb(dbText ?? '')
  const credentials = readCredentials(username, password)
  const file = decoded(path)
  if (db === undefined) return 'must give ?db= the number of a database'
  if (!credentials || file === undefined) return `cannot be read: ${encodeHint}`
  return { path: file, db, ...credentials }
}

function readDb(text: string): number | undefined {
  return /^\d{0,5}$/.test(text) ? Number(text) : undefined
}

function readCredentials(username = '', password = ''): Pick<RedisAddress, 'username' | 'password'> | undefined {
  const [user, secret] = [decoded(username), decoded(password)]
  if (user === undefined || secret === undefined) return undefined
  return { ...(user && { username: user }), ...(secret && { password: secret }) }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
