import type { FastifyHelmetOptions } from '@fastify/helmet'

/**
 * What pages tell browsers: to load from here only, and to run no script that is written into a page. `directives` are
 * those in which a page differs.
 */
export function pageSecurity(directives: Readonly<Record<string, string[]>> = {}): FastifyHelmetOptions {
  return {
    // Whether there is TLS in front of this process is not for it to say.
    hsts: false,
    contentSecurityPolicy: {
      directives: {
        styleSrc: ["'self'"],
        fontSrc: ["'self'", 'data:'],
        upgradeInsecureRequests: null,
        ...directives,
      },
    },
  }
}
