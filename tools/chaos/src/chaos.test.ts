import { setTimeout as sleep } from 'node:timers/promises'
import { createRunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { useCompiledApps } from '@flash-sale/testing/compiled-apps'
import { mutateFunction } from '@flash-sale/testing/mutate-function'
import { beforeAll, expect, test } from 'vitest'
import { allFaults } from './faults/all-faults.ts'
import { atOnce, nothingToHeal, type Fault, type Point } from './faults/fault.ts'
import { hasBreach, runChaos, type ChaosResults } from './run-chaos.ts'
import type { Aimed } from './schedule.ts'

const slow = { timeout: 300_000 }
/** The APIs look for what became a row once a second. In ms. */
const rememberedForMs = 5_000

beforeAll(useCompiledApps, 200_000)

function aimed(name: string, point: Point): Aimed {
  return { fault: allFaults.find((one) => one.name === name)!, points: [point] }
}

async function run(faults: readonly Aimed[], seed: number): Promise<ChaosResults> {
  const runFolder = await createRunFolder()
  const progress = { begin: () => undefined, done: () => undefined, line: () => undefined }
  const { signal } = new AbortController()
  try {
    return await runChaos({ faults, faultCount: faults.length, seed, command: '', runFolder, progress, signal })
  } finally {
    await runFolder.remove()
  }
}

const shortSchedule = [
  aimed('kill-api', 'after the script ran'),
  aimed('kill-redis', 'with a backlog'),
  aimed('kill-worker', 'as orders expire'),
  aimed('crash-postgres', 'before COMMIT'),
]

test('faults at named points lose nothing, sell nothing twice and strand nothing', slow, async () => {
  const results = await run(shortSchedule, 1)
  expect(results.rounds.flatMap(({ fault, breaches }) => breaches.map(({ detail }) => `${fault}: ${detail}`))).toEqual(
    [],
  )
  expect(results.rounds).toHaveLength(shortSchedule.length)
  for (const { acceptedCount, lives } of results.rounds) {
    expect(acceptedCount).toBeGreaterThan(100)
    expect(lives.paidCount).toBeGreaterThan(0)
    expect(lives.givenBackCount).toBeGreaterThan(0)
  }
  expect(results.rounds.some(({ lives }) => lives.refundedCount > 0)).toBe(true)
})

test('orders that nothing is left to bring back are lost, and a process says so', slow, async () => {
  const names = ['redis-empty-disk-and-apis', 'apis-then-redis-empty-disk']
  const { rounds } = await run(
    names.map((name) => aimed(name, 'with a backlog')),
    1,
  )
  expect(rounds.map(({ fault }) => fault).toSorted()).toEqual(names.toSorted())
  for (const round of rounds) {
    expect(round.breaches).toEqual([])
    expect(round.toldLossCount).toBeGreaterThan(0)
    expect(round.alarms.join()).toContain('API processes did not come to offer theirs')
  }
})

/** What no fault of a machine does: rows that were confirmed are gone, and the ledger agrees; and orders that ended can be paid. */
const losesRows: Fault = {
  name: 'planted',
  title: { en: 'confirmed orders are gone, and ended ones are paid', zh: '已确认的订单消失，已结束的订单被支付' },
  points: ['in the storm'],
  survives: { acceptingApi: true, redisDisk: true },
  lengthMs: atOnce,
  prepare: ({ town }) => mutateFunction(town.postgres.databaseUrl, 'apply_payment', 'pay without compare'),
  async strike({ town, itemId }) {
    const { client } = town.redis
    // Until then the APIs would bring the orders back: they remember each order until they have seen that it is a row.
    await sleep(rememberedForMs)
    const postgres = await town.postgres.connect()
    await postgres.query('BEGIN')
    const { rowCount } = await postgres.query(
      `WITH gone AS (
         DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE item_id = $1 ORDER BY number LIMIT 3)
         RETURNING buyer, quantity
       ), quotas AS (
         UPDATE buyer_quota q SET units = q.units - g.units
         FROM (SELECT buyer, sum(quantity)::int AS units FROM gone GROUP BY buyer) g
         WHERE q.item_id = $1 AND q.buyer = g.buyer
       ), item AS (
         UPDATE sale_items SET persisted = persisted - (SELECT sum(quantity)::int FROM gone) WHERE id = $1
       )
       SELECT FROM gone`,
      [itemId],
    )
    // The row of the item is locked, so nobody rebuilds in between.
    await client.del(...['ledger', 'orders', 'buyers'].map((part) => `{item:${itemId}}:${part}`))
    await postgres.query('COMMIT')
    await postgres.end()
    expect(rowCount).toBe(3)
    return nothingToHeal
  },
}

test(
  'a planted loss and a planted mutant are convicted, with what buyers were told, and the run fails',
  slow,
  async () => {
    const results = await run([{ fault: losesRows, points: losesRows.points }], 1)
    const [round] = results.rounds
    const lost = round!.breaches.filter(({ kind }) => kind === 'lost')
    expect(lost.length, JSON.stringify(round)).toBeGreaterThanOrEqual(3)
    for (const { detail, excerpt } of lost) {
      expect(detail).toMatch(/^I3 LOST: order \S+ of r0-\S+ was accepted and has no row$/)
      expect(excerpt.join('\n')).toMatch(/asks for \d: ACCEPTED/)
    }
    // A rebuild takes the mark of a given back order from the ledger. What its buyer was told stays.
    const paidAfterTheEnd = round!.breaches.find(
      ({ detail }) =>
        detail.startsWith('I11 GIVEN_BACK_WRONGLY') || /^I8 STATUS_TAKEN_BACK: .*told was cancelled/.test(detail),
    )
    expect(['oversold', 'mistold'], JSON.stringify(round)).toContain(paidAfterTheEnd?.kind)
    expect(paidAfterTheEnd!.excerpt.join('\n')).toMatch(/r0-pays-\d+, \S+: cancels: cancelled/)
    expect(hasBreach(results)).toBe(true)
  },
)
