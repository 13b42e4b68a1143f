import type { RowResult } from '../run-lab.ts'
import { both, count } from '@flash-sale/kit/page-html'
import { storyOf } from './stories/all-stories.ts'

/** How many orders a second each strategy takes, the fastest first. */
export function barsOf(rows: readonly RowResult[], fastest: number): string {
  const bySpeed = rows.toSorted((a, b) => (b.load?.ordersPerSecond ?? 0) - (a.load?.ordersPerSecond ?? 0))
  const bars = bySpeed.flatMap((row) => {
    if (!row.load) return []
    const { ordersPerSecond } = row.load
    const width = Math.max(0.5, (ordersPerSecond / fastest) * 100).toFixed(1)
    return [
      `<li><a href="#${row.id}">${both(storyOf(row.id).title)}</a><span class="bar ${row.isSafe ? 'safe' : 'unsafe'}"><span style="width:${width}%"></span></span><b>${count(ordersPerSecond)}</b></li>`,
    ]
  })
  return `<ul class="bars">${bars.join('')}</ul>`
}
