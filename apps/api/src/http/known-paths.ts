import findMyWay, { type HTTPMethod } from 'find-my-way'
import type { Api } from '../api-context.ts'

/** The methods that a path takes; undefined for a path without a route. */
export type MethodsOf = (url: string) => readonly string[] | undefined

/** The route of the page that tells the reader of a wrong address. It does not make every address a known one. */
export const anyOtherPath = '/*'

/** Marks a route that answers as if it were not there (`refuseMethod`). */
const refusedMethod = { isRefused: true }

/** Has a path refuse a method that another route would take, because its pattern fits the path too. */
export function refuseMethod(app: Api, method: HTTPMethod, url: string): void {
  app.route({
    method,
    url,
    schema: { hide: true },
    config: refusedMethod,
    handler: (_request, reply) => reply.callNotFound(),
  })
}

/**
 * Collects the methods that each path takes, with the router that Fastify uses. Fastify itself tells only that no route matches. Call it
 * before the first route is added.
 */
export function followKnownPaths(app: Api): MethodsOf {
  const patterns = new Map<string, Set<string>>()
  // All patterns are registered under one method. A match returns the methods that the path takes.
  const anyMethod: HTTPMethod = 'GET'
  const router = findMyWay()
  app.addHook('onRoute', ({ url, method, config }) => {
    if (url === anyOtherPath || config === refusedMethod) return
    let methods = patterns.get(url)
    if (!methods) {
      patterns.set(url, (methods = new Set()))
      router.on(anyMethod, url, () => undefined, methods)
    }
    for (const one of [method].flat()) methods.add(one)
    // For a prefix with a trailing slash Fastify reports the HEAD route that it adds, but not the GET route.
    if (methods.has('HEAD')) methods.add('GET')
  })
  return (url) => {
    const methods = router.find(anyMethod, url)?.store as ReadonlySet<string> | undefined
    return methods && [...methods, 'OPTIONS'].toSorted()
  }
}
