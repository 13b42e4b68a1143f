import { get, type ClientRequest, type IncomingMessage } from 'node:http'
import { answerParent } from '../own-child.ts'

/** What the process that stands for open dashboards is asked. */
export interface DashboardsQuestion {
  /** Opens so many streams in addition to those that are open. */
  readonly open?: { readonly url: string; readonly authorization: string; readonly count: number }
  /** Closes all that are open. */
  readonly close?: boolean
}

export interface DashboardsAnswer {
  /** Of the first stream that was refused, if one was. */
  readonly refusedStatus?: number
  readonly openCount: number
  /** Bytes that arrived on all streams until now. */
  readonly byteCount: number
}

const firstByteWithinMs = 5_000
const requests: ClientRequest[] = []
let byteCount = 0

async function answer({ open, close }: DashboardsQuestion): Promise<DashboardsAnswer> {
  if (close) for (const request of requests.splice(0)) request.destroy()
  const statuses = await Promise.all(Array.from({ length: open?.count ?? 0 }, () => openStream(open!)))
  const refusedStatus = statuses.find((status) => status !== 200)
  return { openCount: requests.length, byteCount, ...(refusedStatus !== undefined && { refusedStatus }) }
}

/** Resolves to the status, of an accepted stream when its first bytes have arrived. */
function openStream({ url, authorization }: NonNullable<DashboardsQuestion['open']>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, headers: { authorization, accept: 'text/event-stream' } })
    request.setTimeout(firstByteWithinMs, () => request.destroy(new Error(`no event in ${firstByteWithinMs} ms`)))
    request.once('error', reject)
    request.once('response', (response: IncomingMessage) => {
      const { statusCode = 0 } = response
      if (statusCode !== 200) {
        request.destroy()
        return resolve(statusCode)
      }
      requests.push(request)
      response.on('error', () => undefined)
      response.on('data', (bytes: Buffer) => {
        byteCount += bytes.length
        request.setTimeout(0)
        resolve(statusCode)
      })
    })
  })
}

answerParent(answer)
