import { loseRedis, readDeployment, seeRedis } from '@flash-sale/database/deployment'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { Logger } from '@flash-sale/runtime/logger'
import { readMasterOf } from '@flash-sale/runtime/redis-role'
import { deploymentKey } from '@flash-sale/stock/ledger-keys'
import { joinRedis, judgeRedis, readRedisRun, type Standing } from './join-redis.ts'
import type { Stores } from './stores.ts'

/** Whether the stores of a process belong together. UNKNOWN before it could ask, and from a lost connection to Redis on. */
export type Belonging = 'TOGETHER' | 'FOREIGN' | 'UNKNOWN'

export interface DeploymentWatch {
  readonly belonging: Belonging
  /** Why nothing may be sold or mended with these stores, a sentence; undefined unless they are FOREIGN. */
  readonly fault: string | undefined
  /** Ends the watch. A process that stops has not lost its Redis. */
  readonly close: () => void
}

const lookEveryMs = 1_000
/** A Redis that restarted sells again sooner. In ms. */
const lookWhileApartMs = 200
/** A Redis that restarted is a second one for about a second: only one that stays a second one needs a person. In ms. */
const secondToldAfterMs = 4_000
/** A Postgres that is away is not told. In ms. */
const loseWithinMs = 500

/**
 * Joins the Redis and looks each second, and at each reconnect, whether it is still the one that belongs to the database. Says so once when
 * it is not, and once when it is again. While it is, it is noted as alive, so that a second one is refused.
 */
export function watchDeployment(
  { redis, database }: Pick<Stores, 'redis' | 'database'>,
  logger: Pick<Logger, 'error' | 'info'>,
): DeploymentWatch {
  let run: string | undefined
  let belonging: Belonging = 'UNKNOWN'
  let fault: string | undefined
  let apartSinceMs: number | undefined
  let told: string | undefined
  let isLooking = false
  let isAskedAgain = false
  let isClosed = false

  async function look(): Promise<void> {
    const asked = (run ??= await readRedisRun(redis))
    // One that was demoted is not the joined one any more: what is promoted in its place may be joined.
    if ((await readMasterOf(redis)) !== undefined) return lose()
    const [row, text] = await Promise.all([readDeployment(database), redis.get(deploymentKey)])
    let standing = judgeRedis(row, { text, run: asked })
    if (standing === 'JOINS') standing = await joinRedis({ redis, database })
    // A connection that was lost meanwhile may lead to another Redis next.
    if (isClosed || run !== asked) return
    note(standing)
    if (standing.kind === 'JOINED') await seeRedis(database, asked)
  }

  function note(standing: Standing): void {
    fault = faultOf(standing)
    belonging = fault === undefined ? 'TOGETHER' : 'FOREIGN'
    apartSinceMs = fault === undefined ? undefined : (apartSinceMs ?? performance.now())
    if (fault === told || isYoungSecond(standing)) return
    told = fault
    if (fault === undefined) logger.info('Redis and Postgres belong together again')
    else logger.error({ ...standing }, `these stores do not belong together: ${fault}`)
  }

  function isYoungSecond({ kind }: Standing): boolean {
    return kind === 'SECOND' && performance.now() - (apartSinceMs ?? 0) < secondToldAfterMs
  }

  function lookNow(): void {
    // A store that does not answer is told by its connection; what was known of it stands.
    if (redis.status !== 'ready' || isClosed) return
    if (isLooking) {
      isAskedAgain = true
      return
    }
    isLooking = true
    void look()
      .catch(() => undefined)
      .finally(() => {
        isLooking = false
        if (isAskedAgain) {
          isAskedAgain = false
          lookNow()
        } else if (belonging !== 'TOGETHER') setTimeout(lookNow, lookWhileApartMs).unref()
      })
  }

  async function lose(): Promise<void> {
    const lost = run
    run = undefined
    if (belonging !== 'TOGETHER') return
    belonging = 'UNKNOWN'
    if (lost === undefined) return
    await answerWithin(loseRedis(database, lost), loseWithinMs, 'Postgres').catch(() => undefined)
  }

  const timer = setInterval(lookNow, lookEveryMs).unref()
  redis.on('ready', lookNow)
  const onClose = () => void lose()
  redis.on('close', onClose)
  lookNow()
  return {
    get belonging() {
      return belonging
    },
    get fault() {
      return fault
    },
    close() {
      isClosed = true
      clearInterval(timer)
      redis.off('ready', lookNow)
      redis.off('close', onClose)
    },
  }
}

function faultOf(standing: Standing): string | undefined {
  switch (standing.kind) {
    case 'JOINED':
      return undefined
    case 'FOREIGN':
      return `This Redis belongs to deployment ${standing.foundId} and this database to ${standing.deploymentId}: correct REDIS_URL or DATABASE_URL, or join them with \`pnpm adopt-redis\`.`
    default:
      standing satisfies { kind: 'SECOND' }
      return `Another Redis (run ${standing.joinedRun}) belongs to deployment ${standing.deploymentId} and is in use; this one is run ${standing.run}: correct REDIS_URL, or join this one with \`pnpm adopt-redis\`.`
  }
}
