import findMyWay, { type HTTPMethod } from 'find-my-way'
import type { Api } from '../api-context.ts'

/** The methods that the routes of a path take; undefined for a path without a route. */
export type MethodsOf = (url: string) => readonly string[] | undefined

/**
 * Follows which methods each path takes, with a router like Fastify's own: Fastify itself tells only that no route fits. Call it
 * before the first route is added.
 */
export function followKnownPaths(app: Api): MethodsOf {
  const patterns = new Map<string, Set<string>>()
  // All patterns stand under one method here; the methods that they take are what a match brings.
  const anyMethod: HTTPMethod = 'GET'
  const router = findMyWay()
  app.addHook('onRoute', ({ url, method }) => {
    let methods = patterns.get(url)
    if (!methods) {
      patterns.set(url, (methods = new Set()))
      router.on(anyMethod, url, () => undefined, methods)
    }
    for (const one of [method].flat()) methods.add(one)
    // For a prefix with a slash after it Fastify tells of the HEAD that it adds, but not of the GET.
    if (methods.has('HEAD')) methods.add('GET')
  })
  return (url) => {
    const methods = router.find(anyMethod, url)?.store as ReadonlySet<string> | undefined
    return methods && [...methods, 'OPTIONS'].toSorted()
  }
}
