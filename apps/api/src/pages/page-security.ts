import type { FastifyHelmetOptions } from '@fastify/helmet'

/**
 * The security headers of pages: browsers load only from this origin and run no script that is written into a page. `directives`
 * replaces single directives for one page.
 */
export function pageSecurity(directives: Readonly<Record<string, string[]>> = {}): FastifyHelmetOptions {
  return {
    // This process does not know whether there is TLS in front of it.
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
