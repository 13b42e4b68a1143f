import { startApp, type App } from '../apps/start-app.ts'
import { reportDone, type Terminal } from './terminal.ts'

/** Vite's own default. Vite takes the next free port if this one is taken. */
const portDefault = 5173
const stopWithinMs = 3_000

/** Serves the pages from their sources, for the API at `apiUrl`. A failure only prints a line, since the API works without pages. */
export async function startPages(apiUrl: string, terminal: Terminal, signal: AbortSignal): Promise<App | undefined> {
  const { line, paint } = terminal
  terminal.busy('starting the pages')
  try {
    const pages = await startApp({
      name: 'pages',
      entry: new URL('pages-server.ts', import.meta.url),
      env: { VITE_API_URL: apiUrl, PORT: String(portDefault), NO_COLOR: '1' },
      stopWithinMs,
      signal,
    })
    reportDone(terminal, 'Pages', `${pages.url}  ${paint('dim', `process ${pages.pid}`)}`)
    void pages.exited.then(() => {
      if (!signal.aborted) line(`  ${paint('red', '✘')} the pages are down; start pnpm dev again to have them back`)
    })
    return pages
  } catch (error) {
    signal.throwIfAborted()
    // The lines of a process that crashed name the error in the middle of its stack.
    const lines = (error instanceof Error ? error.message : String(error)).split('\n')
    line(
      `  ${paint('yellow', '!')} there are no pages: ${lines.find((text) => /^\w*Error\b/.test(text)) ?? lines.at(-1)}`,
    )
    return undefined
  }
}
