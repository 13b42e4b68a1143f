import { operatorNameMax, reasonMax } from '@flash-sale/contract/ops'
import { isPrinted } from '@flash-sale/contract/printed-text'
import type { FastifyRequest } from 'fastify'
import type { Api } from '../api-context.ts'
import { InvalidRequestError } from '../problems/handle-errors.ts'

/** Details of an act for the audit trail. */
export interface SaidByOperator {
  readonly operator?: string
  readonly reason?: string
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who acts and why, on operators' routes. For people: nothing is judged by it. */
    said: SaidByOperator
  }
}

/** Reads `Operator-Name` and `Act-Reason` of each request of an operator. A text that people cannot read gets 400. */
export function readOperator(operators: Api): void {
  operators.addHook('preHandler', async (request) => {
    request.said = saidIn(request)
  })
}

/** The same of one request, on a route that buyers call too. Throws an InvalidRequestError if people cannot read a text. */
export function saidIn(request: FastifyRequest): SaidByOperator {
  const operator = textIn(request, 'operator-name', operatorNameMax)
  const reason = textIn(request, 'act-reason', reasonMax)
  return { ...(operator !== undefined && { operator }), ...(reason !== undefined && { reason }) }
}

function textIn({ headers }: FastifyRequest, name: string, lengthMax: number): string | undefined {
  const header = headers[name]
  if (header === undefined) return undefined
  const text = decoded(String(header))
  if (text === undefined || text.length > lengthMax || !isPrinted(text)) {
    throw new InvalidRequestError(`The header ${name} must be percent-encoded text, at most ${lengthMax} characters.`)
  }
  return text
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
