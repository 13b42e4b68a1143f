import { both } from '@flash-sale/kit/page-html'
import type { Text } from '@flash-sale/kit/text'
import { faultKinds, type FaultKind } from '../faults/stage.ts'
import type { RowResult } from '../run-lab.ts'
import { storyOf } from './stories/all-stories.ts'

const names: Readonly<Record<FaultKind, Text>> = {
  contention: { en: 'two or more at once', zh: '多个同时' },
  killed: { en: 'process killed', zh: '进程被杀' },
  paused: { en: 'process paused', zh: '进程暂停' },
  'paused, first to write': { en: 'paused, then first to write', zh: '暂停后抢先写' },
  'slow work': { en: 'work outlasts the lease', zh: '活比租约长' },
  'clocks apart': { en: "processes' clocks apart", zh: '进程时钟不一' },
  'connections end': { en: 'connection to Redis ends', zh: '与 Redis 断连' },
  'clock of Redis jumps': { en: "Redis' clock jumps", zh: 'Redis 时钟跳变' },
  'Redis loses its data': { en: 'Redis loses its data', zh: 'Redis 丢数据' },
  'stale replica promoted': { en: 'stale replica promoted', zh: '旧副本被提升' },
  'Redis and a seller lost': { en: 'Redis and the seller lost', zh: 'Redis 与进程同失' },
}

const note: Text = {
  en: '✓ the stock stayed right in all trials of this kind; ✗ it did not in at least one; · not tried here. An empty place is no acquittal: each unsafe strategy met only the faults that are known to break it.',
  zh: '✓ 这类故障的所有试验中库存都正确；✗ 至少有一次不正确；· 没有试。空着不等于无罪：不安全的做法只试了已知会打破它的故障。',
}

/** Which kinds of faults each strategy met, and survived. */
export function matrixOf(rows: readonly RowResult[]): string {
  const head = faultKinds.map((kind) => `<th scope="col"><span>${both(names[kind])}</span></th>`).join('')
  const lines = rows.map((row) => {
    const cells = faultKinds.map((kind) => cellOf(row, kind)).join('')
    return `<tr><th scope="row"><a href="#${row.id}">${both(storyOf(row.id).title)}</a></th>${cells}</tr>`
  })
  return `<div class="matrix"><table><thead><tr><td></td>${head}</tr></thead><tbody>${lines.join('')}</tbody></table></div>
<p class="notes">${both(note)}</p>`
}

function cellOf({ trials }: RowResult, kind: FaultKind): string {
  const met = trials.filter((trial) => trial.kind === kind)
  if (met.length === 0) return '<td>·</td>'
  return met.every(({ verdict }) => verdict.isSafe) ? '<td class="safe">✓</td>' : '<td class="unsafe">✗</td>'
}
