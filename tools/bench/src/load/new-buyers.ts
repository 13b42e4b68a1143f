import { signBuyers } from './buyers.ts'
import { httpText } from './http-text.ts'

/** Buyers of whom each comes once, so that no server has seen their tokens. */
export interface NewBuyers {
  readonly jwtSecret: string
  /** Their names begin with it: no other buyers' names of the run may. */
  readonly name: string
  readonly count: number
  /** What they order, in turns. */
  readonly bodies: readonly string[]
}

/**
 * The requests of new buyers, in the order in which they are sent. The process that sends them makes them before it begins, since they are too
 * many to hand over.
 */
export function requestsOfNewBuyers({ jwtSecret, name, count, bodies }: NewBuyers, port: number): Buffer[] {
  return signBuyers(jwtSecret, count, name).map((token, i) =>
    Buffer.from(httpText({ token, body: bodies[i % bodies.length]! }, port)),
  )
}
