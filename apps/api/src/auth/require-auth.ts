import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from '../problems/send-problem.ts'
import type { VerifyBuyer } from './verify-buyer.ts'
import type { VerifyOps } from './verify-ops.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, on the routes that require one. */
    buyer: string
    /** An operator asks. */
    ops: boolean
  }
}

export interface Auth {
  readonly verifyBuyer: VerifyBuyer
  readonly verifyOps: VerifyOps
}

type Hook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void

/** Hooks for `onRequest`: nobody's body is read before it is known who they are. */
export function createAuthHooks({ verifyBuyer, verifyOps }: Auth): { buyer: Hook; ops: Hook; buyerOrOps: Hook } {
  return {
    buyer(request, reply, done) {
      const buyer = verifyBuyer(credentialsOf(request))
      if (buyer === undefined) {
        sendProblem(reply, 'UNAUTHORIZED')
        return
      }
      request.buyer = buyer
      done()
    },
    ops(request, reply, done) {
      request.ops = verifyOps(credentialsOf(request))
      if (request.ops) return done()
      const isSomebody = verifyBuyer(credentialsOf(request)) !== undefined
      sendProblem(reply, isSomebody ? 'FORBIDDEN' : 'UNAUTHORIZED')
    },
    buyerOrOps(request, reply, done) {
      const buyer = verifyBuyer(credentialsOf(request))
      request.ops = buyer === undefined && verifyOps(credentialsOf(request))
      if (buyer === undefined && !request.ops) {
        sendProblem(reply, 'UNAUTHORIZED')
        return
      }
      request.buyer = buyer ?? ''
      done()
    },
  }
}

/** Of two Authorization headers a proxy may have judged one and we the other, so two are as good as none. */
function credentialsOf({ headers, raw }: FastifyRequest): string | undefined {
  let headerCount = 0
  for (let i = 0; i < raw.rawHeaders.length; i += 2) {
    const name = raw.rawHeaders[i]!
    if (name.length === 13 && name.toLowerCase() === 'authorization') headerCount += 1
  }
  return headerCount > 1 ? undefined : headers.authorization
}
