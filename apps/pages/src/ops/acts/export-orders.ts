import type { Outcome } from '@flash-sale/contract/client'
import { noAnswer, readProblem } from '../../server/problem.ts'

export interface ExportedFile {
  readonly name: string
  readonly bytes: number
}

export interface ExportOptions {
  readonly itemId: number
  readonly opsKey: string
  readonly operator: string
  /** Called with the number of bytes read so far. */
  readonly onProgress: (bytes: number) => void
}

/**
 * Saves GET /v1/ops/items/:itemId/orders.csv as a file. A link cannot send the key, so this function reads the answer. It saves the file
 * only when the answer is complete.
 */
export async function exportOrders({
  itemId,
  opsKey,
  operator,
  onProgress,
}: ExportOptions): Promise<Outcome<ExportedFile>> {
  try {
    const response = await fetch(`/v1/ops/items/${itemId}/orders.csv`, {
      headers: {
        authorization: `Bearer ${opsKey}`,
        accept: 'text/csv, application/problem+json',
        ...(operator && { 'operator-name': encodeURIComponent(operator) }),
      },
      cache: 'no-store',
    })
    if (!response.ok || !response.body) return { ok: false, problem: await readProblem(response) }
    const file = await readWhole(response.body, onProgress)
    const name = `orders-of-item-${itemId}.csv`
    save(file, name)
    return { ok: true, status: response.status, value: { name, bytes: file.size } }
  } catch (error) {
    return { ok: false, problem: noAnswer(error instanceof Error ? error.message : String(error)) }
  }
}

async function readWhole(body: ReadableStream<Uint8Array>, onProgress: (bytes: number) => void): Promise<Blob> {
  let bytes = 0
  const counted = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(part, controller) {
        bytes += part.byteLength
        onProgress(bytes)
        controller.enqueue(part)
      },
    }),
  )
  const whole = await new Response(counted).blob()
  return new Blob([whole], { type: 'text/csv;charset=utf-8' })
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  // The browser reads the file after this call returns. A minute is enough, then the memory is freed.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
