import {
  readAcknowledgementLevel,
  type AcknowledgementDemand,
  type AcknowledgementLevel,
} from './acknowledgement-level.ts'
import type { RedisCheck } from './redis-standing.ts'

export interface AcknowledgementCheck {
  readonly check: RedisCheck
  /** As it was found last; undefined before the first check. */
  readonly level: AcknowledgementLevel | undefined
}

/** Checks whether answers of Redis are still worth what the deployment promises. `allowUnsafe` excuses its settings, but no missing replica. */
export function createAcknowledgementCheck(demand: AcknowledgementDemand, allowUnsafe: boolean): AcknowledgementCheck {
  let level: AcknowledgementLevel | undefined
  return {
    async check(redis) {
      const { problems, shortage, ...report } = await readAcknowledgementLevel(redis, demand)
      level = report.level
      const faults = [...(allowUnsafe ? [] : problems), ...(shortage === undefined ? [] : [shortage])]
      return faults.map((fault) => `Redis is not safe to sell from: ${fault}.`)
    },
    get level() {
      return level
    },
  }
}
