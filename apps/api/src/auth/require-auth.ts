import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from '../problems/send-problem.ts'
import type { VerifyBuyer } from './verify-buyer.ts'
import type { VerifyOps } from './verify-ops.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The buyer, on routes that require one. */
    buyer: string
    /** The request is an operator's. */
    ops: boolean
  }
}

export interface Auth {
  readonly verifyBuyer: VerifyBuyer
  readonly verifyOps: VerifyOps
}

type Hook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void

/** Hooks for `onRequest`, so that no body is read before the sender is known. */
export function createAuthHooks({ verifyBuyer, verifyOps }: Auth): { buyer: Hook; ops: Hook; buyerOrOps: Hook } {
  return {
    buyer(request, reply, done) {
      const buyer = verifyBuyer(request.headers.authorization)
      if (buyer === undefined) {
        sendProblem(reply, 'UNAUTHORIZED')
        return
      }
      request.buyer = buyer
      done()
    },
    ops(request, reply, done) {
      request.ops = verifyOps(request.headers.authorization)
      if (request.ops) return done()
      const isSomebody = verifyBuyer(request.headers.authorization) !== undefined
      sendProblem(reply, isSomebody ? 'FORBIDDEN' : 'UNAUTHORIZED')
    },
    buyerOrOps(request, reply, done) {
      const buyer = verifyBuyer(request.headers.authorization)
      request.ops = buyer === undefined && verifyOps(request.headers.authorization)
      if (buyer === undefined && !request.ops) {
        sendProblem(reply, 'UNAUTHORIZED')
        return
      }
      request.buyer = buyer ?? ''
      done()
    },
  }
}
