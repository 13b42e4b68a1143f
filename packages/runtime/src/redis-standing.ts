import type { Redis } from 'ioredis'
import { answerWithin } from './answer-within.ts'
import type { Logger } from './logger.ts'

/** Says why no order may be sent to this Redis, a sentence for each reason; none if orders may. Rejects if that cannot be told now. */
export type RedisCheck = (redis: Redis) => Promise<readonly string[]>

/** Whether orders may be sent to the Redis at the end of a connection. */
export interface RedisStanding {
  /** True when every check was passed on the connection that stands now. */
  readonly isGood: boolean
  /** Why orders are refused, for a person; undefined when they are not. */
  readonly fault: string | undefined
  /** `isGood`, once a connection that was just made is judged; false when that takes longer than an order can wait. */
  whenJudged(): Promise<boolean>
  /** Refuses orders at once for this reason, a sentence, until a judgement that begins now or later finds the Redis good. */
  refuse(fault: string): void
  close(): void
}

export interface StandingOptions {
  readonly checks: readonly RedisCheck[]
  readonly logger: Pick<Logger, 'info' | 'error'>
  /** How often a good Redis is judged again. In ms. */
  readonly judgeEveryMs?: number
}

const judgeEveryMsDefault = 10_000
/** A Redis that is not good is judged again this often, so that sales go on soon after it was corrected. In ms. */
const judgeBadEveryMs = 1_000
const answerWithinMs = 2_000
/** A little shorter than an order waits for its answer: it is told why. Later orders are refused at once. In ms. */
const waitMsMax = 2_500

const silence = 'Redis did not answer.'

/**
 * Judges the Redis at the end of this connection: after each reconnect, for another Redis may be there, and from time to time, for settings
 * change at run time. Logs each change once, at level 50 when orders are refused from then on.
 */
export function watchStanding(
  redis: Redis,
  { checks, logger, judgeEveryMs = judgeEveryMsDefault }: StandingOptions,
): RedisStanding {
  /** Undefined: the connection that stands now was not judged yet. */
  let faults: readonly string[] | undefined
  let connectionCount = 0
  let refusalCount = 0
  let unjudgedSinceMs = performance.now()
  let loggedFault = ''
  let isJudging = false
  let timer: NodeJS.Timeout | undefined
  const waiting = new Set<() => void>()

  function judgeNow(): void {
    if (isJudging || redis.status !== 'ready') return
    isJudging = true
    clearTimeout(timer)
    void judge(connectionCount)
  }

  async function judge(connection: number): Promise<void> {
    const refusalsBefore = refusalCount
    const found = await askAll().catch(() => undefined)
    // After a loss of the connection the answers are of a Redis that is not there any more.
    if (connection !== connectionCount) return
    isJudging = false
    // What was asked before a refusal does not end it.
    const isOutdated = refusalsBefore !== refusalCount
    if (found && !(isOutdated && found.length === 0)) conclude(found)
    else if (!found && faults) tell(faults)
    if (isOutdated) return judgeNow()
    timer = setTimeout(judgeNow, faults?.length === 0 ? judgeEveryMs : judgeBadEveryMs).unref()
  }

  async function askAll(): Promise<string[]> {
    return (await answerWithin(Promise.all(checks.map((check) => check(redis))), answerWithinMs, 'Redis')).flat()
  }

  function conclude(found: readonly string[]): void {
    faults = found
    for (const goOn of waiting) goOn()
    waiting.clear()
    tell(found)
  }

  function tell(found: readonly string[]): void {
    const fault = found.join(' ')
    if (fault === loggedFault) return
    loggedFault = fault
    if (fault !== '') logger.error({ reasons: found }, `orders are refused: ${fault}`)
    else logger.info('orders are taken again: Redis is as it has to be')
  }

  function refuse(fault: string): void {
    refusalCount += 1
    // The judgement tells of it: one that finds the Redis good at once has nothing to tell.
    if (faults?.length === 0) faults = [fault]
    judgeNow()
  }

  function noteLoss(): void {
    connectionCount += 1
    isJudging = false
    clearTimeout(timer)
    if (faults) unjudgedSinceMs = performance.now()
    faults = undefined
  }

  redis.on('close', noteLoss)
  redis.on('ready', judgeNow)
  judgeNow()

  return {
    get isGood() {
      return faults?.length === 0
    },
    get fault() {
      if (!faults) return silence
      return faults.length === 0 ? undefined : faults.join(' ')
    },
    async whenJudged() {
      const leftMs = waitMsMax - (performance.now() - unjudgedSinceMs)
      if (!faults && leftMs > 0) {
        const judged = new Promise<void>((resolve) => waiting.add(resolve))
        await answerWithin(judged, leftMs, 'Redis').catch(() => undefined)
      }
      return faults?.length === 0
    },
    refuse,
    close() {
      noteLoss()
      redis.off('close', noteLoss)
      redis.off('ready', judgeNow)
    },
  }
}
