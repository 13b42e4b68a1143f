import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@flash-sale/contract/client'
import type { BytesMatcher } from '@flash-sale/testing/fault-proxy'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { lowersTotal, rebuilds, restocks, type Act } from './life-people.fixture.ts'
import type { Doomed } from './life-town.fixture.ts'

/** A step of a process' work: a statement that it sends to a store. */
export interface LifeStep {
  readonly name: string
  readonly role: Doomed['role']
  readonly store: 'redis' | 'postgres'
  readonly matches: BytesMatcher
  /** What an operator does at this process, so that it comes to the step. Buyers bring about the other steps. */
  readonly act?: Act
}

/** Where a process is killed. */
export interface DeadlySpot {
  readonly step: LifeStep
  /** Before the store gets the statement, or after it has answered and before the process hears it. */
  readonly side: 'before' | 'after'
}

const sends =
  (...texts: string[]): BytesMatcher =>
  (bytes) =>
    texts.every((text) => bytes.includes(text))

const steps: readonly LifeStep[] = [
  { name: 'order', role: 'api', store: 'redis', matches: sends(':outbox') },
  { name: 'cancel', role: 'api', store: 'postgres', matches: sends('end_orders') },
  { name: 'give back', role: 'api', store: 'postgres', matches: sends('units_are_back') },
  { name: 'begin to pay', role: 'api', store: 'postgres', matches: sends('begin_payment') },
  { name: 'take a webhook', role: 'api', store: 'postgres', matches: sends('apply_payment') },
  { name: 'restock', role: 'api', store: 'postgres', matches: sends('INSERT INTO restocks'), act: restocks },
  {
    name: 'lower the total',
    role: 'api',
    store: 'postgres',
    matches: sends('held WHERE NOT is_over'),
    act: lowersTotal,
  },
  { name: 'rebuild', role: 'api', store: 'postgres', matches: sends('SET epoch = greatest'), act: rebuilds },
  { name: 'persist', role: 'worker', store: 'postgres', matches: sends('persist_orders') },
  { name: 'expire', role: 'worker', store: 'postgres', matches: sends('end_orders') },
  { name: 'give back', role: 'worker', store: 'postgres', matches: sends('units_are_back') },
  { name: 'settle late money', role: 'worker', store: 'postgres', matches: sends('settle_late_payment') },
  { name: 'take a refund', role: 'worker', store: 'postgres', matches: sends('UPDATE refunds', 'attempts + 1') },
  { name: 'note a refund', role: 'worker', store: 'postgres', matches: sends('UPDATE refunds', "state = 'done'") },
]

/** Both sides of every step of one kind of process. */
export function spotsOf(role: Doomed['role']): DeadlySpot[] {
  const own = steps.filter((step) => step.role === role)
  return own.flatMap((step) => (['before', 'after'] as const).map((side) => ({ step, side })))
}

/** A step that nothing brings about meanwhile is killed at all the same: at some other step. */
const reachedWithinMs = 3_000
const lookEveryMs = 5

/** Kills the process at the spot and starts it again. Resolves with whether it stood there. */
export async function killAt({ step, side }: DeadlySpot, doomed: Doomed, itemId: number): Promise<boolean> {
  const proxy = doomed.proxyOf(step.store)
  const held = side === 'before' ? proxy.requestsHeldCount : proxy.repliesHeldCount
  void (side === 'before' ? proxy.holdRequestsFrom(step.matches) : proxy.holdRepliesFrom(step.matches))
  // The outcome stays unknown.
  void step.act?.(createClient({ baseUrl: doomed.url, opsKey: testOpsKey }), itemId, randomUUID())
  const untilMs = performance.now() + reachedWithinMs
  while (held() === 0 && performance.now() < untilMs) await sleep(lookEveryMs)
  const isReached = held() > 0
  await doomed.kill()
  await doomed.start()
  return isReached
}
