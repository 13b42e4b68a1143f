import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Api } from '../api-context.ts'
import { anyOtherPath } from '../http/known-paths.ts'
import { createFirstPages, type FirstPagesContext } from './first-pages.ts'
import { pageSecurity } from './page-security.ts'

/** Where `pnpm build` puts the pages; src and dist are equally deep. */
export const pagesFolderDefault = fileURLToPath(new URL('../../../pages/dist/', import.meta.url))

const assetsMaxAgeMs = 365 * 24 * 60 * 60 * 1_000
const entry = 'index.html'
const hidden = { schema: { hide: true } }

/**
 * Serves the shop at / and the dashboard at /ops: one page that looks at its address. The shop's holds what it shows first. The other files of the folder keep their names.
 * Without built pages the API still runs, and logs that there are none.
 */
export async function servePages(
  app: Api,
  pagesFolder: string,
  logger: Pick<Logger, 'info'>,
  context: FirstPagesContext,
): Promise<void> {
  const folder = path.resolve(pagesFolder)
  if (!existsSync(path.join(folder, entry))) {
    logger.info(`the pages are not built, so there is nothing at / and /ops: there is no ${entry} in ${folder}`)
    return
  }
  const files = (await readdir(folder, { withFileTypes: true })).filter((file) => file.isFile() && isServed(file.name))
  await app.register(async (pages: Api) => {
    await pages.register(helmet, pageSecurity())
    // The name of a file in assets/ has a hash of its content, so other content has another name.
    await pages.register(fastifyStatic, {
      root: path.join(folder, 'assets'),
      prefix: '/assets/',
      immutable: true,
      preCompressed: true,
      maxAge: assetsMaxAgeMs,
      index: false,
    })
    const sendPage = (reply: FastifyReply) =>
      reply.header('cache-control', 'no-cache').sendFile(entry, folder, { cacheControl: false })
    const sendFirstPage = createFirstPages(await readFile(path.join(folder, entry), 'utf8'), context)
    pages.get('/', hidden, async (request, reply) => {
      if (sendFirstPage && (await sendFirstPage(request, reply))) return reply
      return sendPage(reply)
    })
    for (const route of ['/ops', '/ops/*']) pages.get(route, hidden, (_request, reply) => sendPage(reply))
    // The page itself tells the reader that its address names nothing.
    pages.get(anyOtherPath, hidden, (request, reply) =>
      asksForPage(request) ? sendPage(reply.code(404)) : reply.callNotFound(),
    )
    for (const { name } of files)
      pages.get(`/${encodeURI(name)}`, hidden, (_request, reply) =>
        reply.sendFile(name, folder, { maxAge: 0, immutable: false }),
      )
  })
}

/** The page has routes of its own. A compressed file is another form of its file, under the same address. */
function isServed(name: string): boolean {
  return name !== entry && !/\.(?:br|gz)$/.test(name)
}

/** A browser that follows a link names text/html. A client of the API names JSON or anything. */
function asksForPage({ url, headers }: FastifyRequest): boolean {
  return !url.startsWith('/v1/') && (headers.accept?.includes('text/html') ?? false)
}
