import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

/** Sessions replace the operators' key where a browser cannot send it: on the pages under `path`, for a limited time. */
export interface OpsSessions {
  /** Makes a session and the Set-Cookie header that opens it. `overTls`: the browser must send the cookie over TLS only. */
  readonly open: (overTls: boolean) => { readonly cookie: string; readonly expiresAtMs: number }
  /** The Set-Cookie header that ends the session of a browser. */
  readonly endingCookie: string
  /** Whether a Cookie header carries a session that has not ended. */
  readonly isOpen: (cookieHeader: string | undefined) => boolean
}

const cookieName = 'flash_sale_ops'
/** Longer than an operator looks at the queue. The dashboard opens a new session each time it opens the queue's page. */
export const sessionMs = 30 * 60_000

/**
 * Makes sessions that no process stores: the cookie holds its own end, signed with a key made from OPS_KEY. A new OPS_KEY ends all
 * sessions.
 */
export function createOpsSessions(opsKey: string, path: string, now: () => number = Date.now): OpsSessions {
  const key = Buffer.from(hkdfSync('sha256', opsKey, '', 'flash-sale ops session', 32))
  const sign = (expiresAt: string) => createHmac('sha256', key).update(expiresAt).digest()

  return {
    open(overTls) {
      const expiresAtMs = now() + sessionMs
      const value = `${expiresAtMs}.${sign(String(expiresAtMs)).toString('base64url')}`
      const attributes = [`Path=${path}`, `Max-Age=${sessionMs / 1_000}`, 'HttpOnly', 'SameSite=Strict']
      if (overTls) attributes.push('Secure')
      return { cookie: [`${cookieName}=${value}`, ...attributes].join('; '), expiresAtMs }
    },
    endingCookie: [`${cookieName}=`, `Path=${path}`, 'Max-Age=0', 'HttpOnly', 'SameSite=Strict'].join('; '),
    isOpen(cookieHeader) {
      const [expiresAt = '', signature = ''] = cookieOf(cookieHeader)?.split('.') ?? []
      const given = Buffer.from(signature, 'base64url')
      const expected = sign(expiresAt)
      return given.length === expected.length && timingSafeEqual(given, expected) && now() < Number(expiresAt)
    },
  }
}

function cookieOf(header: string | undefined): string | undefined {
  const pairs = header?.split(';').map((pair) => pair.trim()) ?? []
  return pairs.find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1)
}
