import { buildPages } from '../pages/build-pages.ts'
import { reportDone, type Terminal } from './terminal.ts'

/** Builds the pages if needed. Returns whether there are pages. A failure only prints a line, since a sale needs no pages. */
export async function makePages(terminal: Terminal, signal: AbortSignal): Promise<boolean> {
  const { line, paint } = terminal
  terminal.busy('looking whether the pages are built')
  const built = await buildPages({ signal, onProgress: (text) => line(`    ${text}`) })
  if (built.kind === 'BUILT') reportDone(terminal, 'Pages', `built in ${(built.tookMs / 1_000).toFixed(1)} s`)
  if (built.kind === 'FAILED' && !signal.aborted) {
    line(
      `  ${paint('yellow', '!')} the pages could not be built, so ${built.hasOlder ? 'the ones of before are shown' : 'there are none'}: ${built.why}`,
    )
  }
  return built.kind !== 'FAILED' || built.hasOlder
}
