import { answerWithin } from '@flash-sale/runtime/answer-within'
import { Bell } from '../bell.ts'
import { HeldLease, type Lease, type LeaseStore } from '../held-lease.ts'
import { LockTimeoutError, LockUnansweredError } from '../lock-errors.ts'
import type { LockKeys } from '../lock-keys.ts'
import type { Stop } from '../stop.ts'
import { checkMsMax } from '../wait-for-lease.ts'
import { askMasters, majorityOf, type Answers } from './ask-masters.ts'
import type { Master, Vote } from './master.ts'

export interface MajorityRequest {
  readonly name: string
  readonly keys: LockKeys
  /** The same for each try, so that a vote whose reply was lost does not stand in the way of the next try. */
  readonly owner: string
  readonly leaseMs: number
  readonly driftMs: number
  readonly renew: boolean
  readonly waitMs: number
  /** How long one master may take to answer. */
  readonly answerMs: number
  /** Ends the waiting; its reason is what the caller gets. */
  readonly stop: Stop
}

type Outcome =
  | { readonly lease: Lease }
  | {
      readonly lease?: never
      /** Another is known to have a majority. If not, the votes are split, or masters do not answer. */
      readonly isHeld: boolean
      /** When that ends by itself. */
      readonly busyMs: number
      /** Too many masters did not answer. */
      readonly isUnanswered: boolean
    }

/**
 * Waiters whose votes were split try again after a random part of this, so that one of them is first at most masters. It doubles with
 * each split, up to the most: however many they are, and however far the masters, at last one is alone. In ms.
 */
const spreadMsMin = 4
const spreadMsMax = 500

/**
 * Asks all masters at once; a majority that still has time left is a lease. Otherwise gives back what it got, waits for the holder's
 * release or the end of its lease, and for a random moment more, and asks again.
 */
export async function waitForMajority(masters: readonly Master[], request: MajorityRequest): Promise<Lease> {
  const { name, keys, waitMs, stop } = request
  const startedAt = performance.now()
  const bell = new Bell()
  // No release cuts the random wait short: all waiters hear a release at once.
  const pause = new Bell()
  const endWait = (): void => [bell, pause].forEach(({ ring }) => ring())
  let spreadMs = spreadMsMin
  let stopListening: (() => void)[] = []
  const stopRinging = stop.onEnd(endWait)
  try {
    for (;;) {
      stop.throwIfStopped()
      const outcome = await tryOnce(masters, request)
      if (outcome.lease) return outcome.lease

      const waitedMs = performance.now() - startedAt
      const leftMs = waitMs - waitedMs
      if (leftMs <= 0) {
        if (outcome.isUnanswered) throw new LockUnansweredError(name, waitedMs)
        throw new LockTimeoutError(name, waitedMs, outcome.busyMs)
      }
      if (!outcome.isHeld) {
        spreadMs = Math.min(2 * spreadMs, spreadMsMax)
      } else {
        spreadMs = spreadMsMin
        if (stopListening.length === 0) {
          stopListening = masters.map(({ notices }) => notices.listen(keys.channel, bell.ring))
        }
        await bell.wait(Math.min(outcome.busyMs + 1, checkMsMax, leftMs))
      }
      await pause.wait(Math.min(Math.random() * spreadMs, leftMs))
    }
  } finally {
    stopRinging()
    for (const leave of stopListening) leave()
  }
}

async function tryOnce(masters: readonly Master[], request: MajorityRequest): Promise<Outcome> {
  const { keys, owner, leaseMs, driftMs, answerMs, stop } = request
  const quorum = majorityOf(masters.length)
  const sentAt = performance.now()
  const votes = masters.map((master) => master.vote(keys, owner, leaseMs))
  const { yesCount, noes } = await askMasters<Vote>(votes, { answerMs, quorum, isYes: ({ isGiven }) => isGiven })
  // A majority that came after its own lease is none.
  const isInTime = performance.now() < sentAt + leaseMs - driftMs
  if (yesCount >= quorum && isInTime && !stop.reason) {
    return { lease: new HeldLease(storeOn(masters, request), { ...request, kind: 'redlock', sentAt }) }
  }
  await giveBack(masters, request)
  const busyMs = heldMsAmong(noes, quorum)
  const silentCount = masters.length - yesCount - noes.length
  return { isHeld: busyMs !== undefined, busyMs: busyMs ?? 0, isUnanswered: silentCount >= quorum }
}

/** How long the votes of the owner last who has a majority of them; undefined if nobody has. */
function heldMsAmong(votes: readonly Vote[], quorum: number): number | undefined {
  const busyMsOf = new Map<string, number[]>()
  for (const vote of votes) {
    if (!vote.isGiven) busyMsOf.set(vote.owner, [...(busyMsOf.get(vote.owner) ?? []), vote.busyMs])
  }
  const held = [...busyMsOf.values()].find((busyMs) => busyMs.length >= quorum)
  return held && Math.max(...held)
}

/**
 * Gives back every vote, also those that no reply told of: on each connection this comes after the question. Each master has its own
 * time for it, and none is waited for longer.
 */
async function giveBack(masters: readonly Master[], { keys, owner, answerMs }: MajorityRequest): Promise<void> {
  await Promise.allSettled(masters.map((master) => answerWithin(master.returnVote(keys, owner), answerMs, 'a master')))
}

function storeOn(masters: readonly Master[], request: MajorityRequest): LeaseStore {
  const { name, keys, owner, leaseMs, answerMs } = request
  const quorum = majorityOf(masters.length)
  /** True or false as the majority says; rejects when too many are silent. */
  const decided = ({ yesCount, noes }: Answers<unknown>): boolean => {
    if (yesCount >= quorum) return true
    // So many have not given their vote that no majority is left, whatever the silent ones say.
    if (noes.length > masters.length - quorum) return false
    throw new LockUnansweredError(name, answerMs)
  }
  return {
    async renew() {
      const asked = masters.map((master) => master.renew(keys, owner, leaseMs))
      return decided(await askMasters(asked, { answerMs, quorum, isYes: (isRenewed) => isRenewed }))
    },
    async release() {
      const asked = masters.map((master) => master.release(keys, owner))
      const answers = await askMasters(asked, { answerMs, quorum, isYes: (outcome) => outcome === 'released' })
      return decided(answers) ? 'released' : 'lost'
    },
  }
}
