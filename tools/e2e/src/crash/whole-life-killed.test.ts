import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { callPatiently } from '@flash-sale/kit/call-patiently'
import { createFeedReader, type FeedReader } from '@flash-sale/kit/feed-reader'
import { readOrderLives } from '@flash-sale/kit/judge-feed'
import { judgeLife, type StatusViolation } from '@flash-sale/kit/judge-life'
import { seededRandom, shuffled } from '@flash-sale/kit/seeded-random'
import { eventually } from '@flash-sale/testing/eventually'
import { mutateFunction } from '@flash-sale/testing/mutate-function'
import type { ServiceSale } from '@flash-sale/testing/start-service'
import { expect, test } from 'vitest'
import { buyersUntil, operatorUntil, watchStatuses, type LifeScene } from './life-people.fixture.ts'
import { killAt, spotsOf, type DeadlySpot } from './life-steps.fixture.ts'
import { openLifeTown, type Doomed, type LifeTown } from './life-town.fixture.ts'

/** More kills: `LIFE_SECONDS=600 LIFE_SEED=7 npx pnpm test tools/e2e/src/crash/whole-life-killed.test.ts`. */
const killForMs = Number(process.env['LIFE_SECONDS'] ?? 25) * 1_000
const seed = Number(process.env['LIFE_SEED'] ?? randomInt(1_000_000))
const slow = { timeout: killForMs + 240_000 }
const restWithinMs = 90_000
const payWithinSeconds = 2

interface OpenLife {
  readonly town: LifeTown
  readonly sale: ServiceSale
  readonly scene: LifeScene
}

async function openLife(random: () => number): Promise<OpenLife> {
  const town = await openLifeTown(random)
  const sale = await town.service.openSale(town.apis[0]!, { total: 100, purchaseLimit: 2 }, { payWithinSeconds })
  return {
    town,
    sale,
    scene: { town, itemId: sale.itemId, places: town.apis.map(sale.at), random, accepted: [], notes: [] },
  }
}

/** What was told from outside while lives went on. */
interface Lived {
  readonly reader: FeedReader
  readonly wentBack: readonly StatusViolation[]
}

/** Lives go on, one reader reads the feed, and `meanwhile` runs beside them. Then the sale is closed, and everything comes to rest. */
async function liveThrough({ town, sale, scene }: OpenLife, meanwhile: () => Promise<unknown>): Promise<Lived> {
  const ending = new AbortController()
  const reader = createFeedReader(town.operator)
  const reading = (async () => {
    while (!ending.signal.aborted) {
      await reader.read()
      await sleep(100)
    }
  })()
  const living = Promise.all([buyersUntil(scene, ending.signal), operatorUntil(scene, ending.signal)])
  const watching = watchStatuses(scene, ending.signal)
  await meanwhile()
  ending.abort()
  await living
  await reading
  // Money that comes from now on buys nothing: it goes back.
  const closed = await callPatiently(() => town.operator().closeSale(sale.saleId, { idempotencyKey: 'close' }))
  expect(closed).toMatchObject({ ok: true })
  return { reader, wentBack: await watching }
}

/** The breaches of all that outsiders can judge of an order's life. */
async function breachesOf({ town, sale, scene }: OpenLife, { reader, wentBack }: Lived): Promise<unknown[]> {
  const { stores, redis } = town.service
  const { itemId, history } = sale
  const { books } = town.payments
  const life = { itemId, history, redis, databaseUrl: stores.database.url, books, reader, notes: scene.notes }
  return [...wentBack, ...(await judgeLife(life))]
}

/** Kills processes of one kind at all their steps, in the seed's order, again and again. Returns where they stood. */
async function killInTurn(processes: readonly Doomed[], itemId: number, random: () => number): Promise<DeadlySpot[]> {
  const reached: DeadlySpot[] = []
  const untilMs = performance.now() + killForMs
  while (performance.now() < untilMs) {
    for (const spot of shuffled(spotsOf(processes[0]!.role), random)) {
      if (performance.now() > untilMs) break
      const doomed = processes[Math.floor(random() * processes.length)]!
      if (await killAt(spot, doomed, itemId)) reached.push(spot)
    }
  }
  return reached
}

test(
  'processes killed at the steps of ordering, paying, cancelling, expiring, refunding and restocking: no unit, no money and no news is lost or doubled',
  slow,
  async () => {
    const life = await openLife(seededRandom(seed))
    const { apis, workers } = life.town
    const reached: DeadlySpot[] = []
    const lived = await liveThrough(life, async () => {
      const lanes = [apis, workers].map((processes, i) =>
        killInTurn(processes, life.sale.itemId, seededRandom(seed + i + 1)),
      )
      reached.push(...(await Promise.all(lanes)).flat())
    })
    const names = reached.map(({ step, side }) => `${step.role}, ${side}: ${step.name}`)
    await eventually(async () => expect(await breachesOf(life, lived)).toEqual([]), {
      what: `everything to be right after kills with the seed ${seed} at: ${names.join('; ')}`,
      timeoutMs: restWithinMs,
      intervalMs: 500,
    })
    expect(names.length).toBeGreaterThan(0)
    const statuses = new Set(lived.reader.told.map(({ status }) => status))
    for (const status of ['confirmed', 'paid', 'expired', 'cancelled'] as const) expect(statuses).toContain(status)
  },
)

/** What the feed told of an order that was paid after its end. No rebuild takes it back, as it takes the ledger's mark. */
const paidAfterItsEnd: unknown = expect.objectContaining({
  invariant: 'I13',
  fault: 'TOLD_WRONGLY',
  detail: expect.stringMatching(/told was confirmed, (cancelled|expired), paid$/),
})

/** Whether an order is paid by now that ended before: its row tells both. */
async function isOnePaidAfterItsEnd({ town, sale }: OpenLife): Promise<boolean> {
  const lives = await readOrderLives(town.service.stores.database.url, sale.itemId)
  return lives.some(({ statuses }) => statuses.indexOf('paid') !== statuses.lastIndexOf('paid'))
}

test('mutant: paying without comparing the status is convicted by the same judges, without a kill', slow, async () => {
  const life = await openLife(seededRandom(seed))
  await mutateFunction(life.town.service.stores.database.url, 'apply_payment', 'pay without compare')
  const lived = await liveThrough(life, () =>
    eventually(() => isOnePaidAfterItsEnd(life), {
      what: `an order to be paid after its end, with the seed ${seed}`,
      timeoutMs: restWithinMs,
      intervalMs: 200,
    }),
  )
  await eventually(async () => expect(await breachesOf(life, lived)).toContainEqual(paidAfterItsEnd), {
    what: 'the judges to find it',
    timeoutMs: restWithinMs,
    intervalMs: 500,
  })
})
