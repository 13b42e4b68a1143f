import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createOrderCounts } from '../live/count-orders.ts'
import { registerOrderMetrics } from './order-metrics.ts'

async function linesOf(registry: Registry, name: string): Promise<string[]> {
  const text = await registry.metrics()
  return text.split('\n').filter((line) => line.startsWith(name))
}

test('orders and their durations are counted for Prometheus by what the process counts anyway', async () => {
  const registry = new Registry()
  const counts = createOrderCounts()
  registerOrderMetrics(registry, counts, () => 7)
  for (const durationMs of [0.05, 4, 4, 60_000]) counts.orderAnswered('RESERVED', durationMs, 7)
  counts.orderAnswered('SOLD_OUT', 4, 7)

  for (let asked = 0; asked < 2; asked += 1) {
    const outcomes = await linesOf(registry, 'flash_sale_orders_total')
    expect(outcomes).toContain('flash_sale_orders_total{outcome="RESERVED"} 4')
    expect(outcomes).toContain('flash_sale_orders_total{outcome="SOLD_OUT"} 1')
    expect(outcomes).toContain('flash_sale_orders_total{outcome="BUSY"} 0')
  }
  expect(await linesOf(registry, 'flash_sale_pending_orders')).toEqual(['flash_sale_pending_orders 7'])
})

test('a histogram of durations has cumulative buckets that hold what was within them, a sum in seconds and a count', async () => {
  const registry = new Registry()
  const counts = createOrderCounts()
  registerOrderMetrics(registry, counts, () => 0)
  for (const durationMs of [0.05, 4, 4, 60_000]) counts.orderAnswered('RESERVED', durationMs, 7)

  const lines = await linesOf(registry, 'flash_sale_order_seconds')
  const buckets = lines.flatMap((line) => {
    const [, le, n] = /_bucket\{le="([^"]+)"\} (\d+)/.exec(line) ?? []
    return le === undefined ? [] : [{ le: le === '+Inf' ? Infinity : Number(le), n: Number(n) }]
  })
  expect(buckets.map(({ le }) => le)).toEqual(buckets.map(({ le }) => le).toSorted((a, b) => a - b))
  for (const { le, n } of buckets) expect(n).toBe(le === Infinity ? 4 : le < 0.004 ? 1 : 3)
  expect(buckets.length).toBeGreaterThan(20)
  const sum = lines.find((line) => line.startsWith('flash_sale_order_seconds_sum '))
  expect(Number(sum?.split(' ')[1])).toBeCloseTo(60.008_05)
  expect(lines).toContain('flash_sale_order_seconds_count 4')
})
