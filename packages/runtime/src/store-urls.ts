import { EnvError } from './env.ts'

/** REDIS_URL with the certificate of its CA, in the form that `connectRedis` takes. Throws an EnvError if the two contradict each other. */
export function redisUrlOf(env: { readonly REDIS_URL: string; readonly REDIS_CA_FILE?: string }): string {
  const { REDIS_URL: url, REDIS_CA_FILE: caFile } = env
  if (caFile === undefined) return url
  if (!/^rediss:/i.test(url))
    throw new EnvError('REDIS_CA_FILE is set, but REDIS_URL does not ask for TLS: begin it with rediss://')
  return withParameter(url, 'cafile', caFile)
}

/** DATABASE_URL with the certificate of its CA, in the form that `pg` takes. Throws an EnvError if the two contradict each other. */
export function databaseUrlOf(env: { readonly DATABASE_URL: string; readonly DATABASE_CA_FILE?: string }): string {
  const { DATABASE_URL: url, DATABASE_CA_FILE: caFile } = env
  if (caFile === undefined) return url
  if (/[?&]sslmode=(?:disable|no-verify)\b/.test(url)) {
    throw new EnvError('DATABASE_CA_FILE is set, but DATABASE_URL checks no certificate: give it sslmode=verify-full')
  }
  return withParameter(url, 'sslrootcert', caFile)
}

function withParameter(url: string, name: string, value: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`
}
