import { Readable } from 'node:stream'
import { OverloadedError } from '@flash-sale/runtime/bounded-work'
import { stringify } from 'csv-stringify/sync'
import type { FastifyReply } from 'fastify'
import type { Api } from '../api-context.ts'
import { opsAnswer } from './ops-answer.ts'

/** An export that is not finished this long after the server began to stop is cut off. */
const endWithinMs = 1_000
/** Exports of one route in this process at a time. Each reads from its store as fast as its client takes the text. */
const exportCountMax = 8

export interface CsvExports {
  /** Takes a place among the exports that are open, or throws OverloadedError. */
  take(reply: FastifyReply): CsvExport
}

export interface CsvExport {
  /**
   * Streams the text under a file name. The first part is made before the first header is sent, so that a store that is away still leads to
   * a problem. `onBegin` runs in between.
   */
  send(fileName: string, lines: AsyncGenerator<string, void>, onBegin: () => Promise<unknown>): Promise<FastifyReply>
}

/** Cuts off a client that reads nothing. Otherwise it would keep the server from stopping, even after all rows are read. */
export function createCsvExports(app: Api): CsvExports {
  const open = new Set<FastifyReply['raw']>()
  app.addHook('preClose', (done) => {
    setTimeout(() => {
      for (const raw of open) raw.destroy()
    }, endWithinMs).unref()
    done()
  })
  return {
    take(reply) {
      const { raw, request } = reply
      if (open.size >= exportCountMax) throw new OverloadedError('too many exports are open')
      const { socket } = request.raw
      let text: Readable | undefined
      open.add(raw)
      const closed = () => {
        open.delete(raw)
        socket.off('close', closed)
        text?.destroy()
      }
      raw.once('close', closed)
      // An answer that waits behind another on its connection gets no event when the connection closes.
      socket.once('close', closed)
      return {
        async send(fileName, lines, onBegin) {
          const first = await opsAnswer(lines.next())
          await onBegin()
          text = Readable.from(joined(first, lines))
          if (raw.destroyed || socket.destroyed) setImmediate(closed)
          return reply
            .type('text/csv; charset=utf-8')
            .header('content-disposition', `attachment; filename="${fileName}"`)
            .header('cache-control', 'no-store')
            .send(text)
        },
      }
    },
  }
}

async function* joined(first: IteratorResult<string, void>, rest: AsyncIterable<string>): AsyncGenerator<string, void> {
  if (first.value !== undefined) yield first.value
  yield* rest
}

/** Text of chunks of rows, below a header line. */
export async function* csvText(
  columns: readonly string[],
  chunks: AsyncIterable<readonly (readonly unknown[])[]>,
): AsyncGenerator<string, void> {
  // The byte order mark tells Excel that the text is UTF-8.
  let before = stringify([columns], { bom: true })
  for await (const rows of chunks) {
    yield before + stringify([...rows], { cast: { string: withoutFormulas } })
    before = ''
  }
  if (before) yield before
}

/**
 * The places where a formula could begin: at the start of a cell, and after characters that some spreadsheets split cells at, with blanks
 * and quotes skipped. The library's own escaping looks only at the first character of a cell.
 */
const formulaStart = /(^|[;\t\r\n])(?=[\s"]*[=+\-@＝＋－＠])/g

/** Puts an apostrophe before text that a spreadsheet would take for a formula, since buyers choose their names. */
function withoutFormulas(text: string): string {
  return text.replaceAll(formulaStart, "$1'")
}
