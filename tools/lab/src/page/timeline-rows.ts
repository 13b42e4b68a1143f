import type { Happening, Mark } from '../faults/happening.ts'
import type { Name } from '../faults/stage.ts'
import type { Text } from '@flash-sale/kit/text'
import { points } from '../strategies/points.ts'
import { pointNumber } from './point-numbers.ts'
import type { Outcome } from '../strategies/strategy.ts'
import type { TrialResult } from '../run-trial.ts'

/** A line of a timeline. */
export interface TimelineRow {
  readonly atMs: number
  /** Undefined for an event outside of the processes. */
  readonly process: Name | undefined
  readonly kind: 'asked' | 'command' | 'stand' | Mark | 'answer' | 'alarm' | 'note' | 'rest'
  readonly text: Text
}

const rowsMax = 48

const outcomeNames: Readonly<Record<Outcome, Text>> = {
  sold: { en: 'sold', zh: '已售出' },
  'sold out': { en: 'sold out', zh: '已售罄' },
  'gave up': { en: 'timed out', zh: '等待超时' },
}

const marks: Readonly<Record<Mark, Text>> = {
  paused: { en: 'is stopped as a whole (SIGSTOP)', zh: '整个进程被停住（SIGSTOP）' },
  resumed: { en: 'runs again (SIGCONT)', zh: '进程继续运行（SIGCONT）' },
  'goes on': { en: 'goes on', zh: '继续执行' },
  killed: { en: 'is killed (SIGKILL)', zh: '进程被杀死（SIGKILL）' },
}

/** More buyers than this at the same time are one line. */
const buyersMax = 8

/** The rows of a trial: every event until the fault was over, and one line for the rest. */
export function timelineRows(trial: TrialResult): TimelineRow[] {
  const { happenings, strikeEndedMs, unanswered, verdict } = trial
  const strike = happenings.filter(({ atMs }) => atMs <= strikeEndedMs)
  const rows = isCrowd(strike) ? crowdRows(strike) : [...strike.flatMap(rowOf), ...deletionRows(trial)].toSorted(byTime)
  const shown = rows.slice(0, rowsMax)
  const leftOut = rows.length - shown.length
  if (leftOut > 0)
    shown.push(restRow(shown.at(-1)!.atMs, { en: `… and ${leftOut} lines more`, zh: `……还有 ${leftOut} 行` }))
  const rest = restOf(happenings.filter(({ atMs }) => atMs > strikeEndedMs))
  if (rest) shown.push(restRow(strikeEndedMs, rest))
  return [...shown, ...unanswered.map((buyer) => restRow(strikeEndedMs, fateOf(buyer, verdict)))]
}

function byTime(a: TimelineRow, b: TimelineRow): number {
  return a.atMs - b.atMs
}

function isCrowd(happenings: readonly Happening[]): boolean {
  return happenings.filter(({ kind }) => kind === 'asked').length > buyersMax
}

/** Of a crowd, only who got what. */
function crowdRows(happenings: readonly Happening[]): TimelineRow[] {
  const asked = happenings.filter(({ kind }) => kind === 'asked')
  const commandCount = happenings.reduce((sum, one) => sum + (one.kind === 'command' ? one.times : 0), 0)
  return [
    restRow(asked[0]!.atMs, { en: `${asked.length} buyers ask at once`, zh: `${asked.length} 个买家同时来买` }),
    ...happenings.filter(({ kind }) => kind === 'answer').flatMap(rowOf),
    restRow(happenings.at(-1)!.atMs, {
      en: `The ${commandCount} requests to the stores are left out here.`,
      zh: `这里省略了发往存储的 ${commandCount} 个请求。`,
    }),
  ]
}

/** The moment at which a holder deletes the lock of another. */
function deletionRows({ holds, verdict }: TrialResult): TimelineRow[] {
  if (!verdict.findings.includes("deletes another's")) return []
  return holds.flatMap((a) => {
    const { releasedMs } = a
    if (releasedMs === undefined) return []
    const b = holds.find((other) => other !== a && a.fromMs < other.fromMs && other.fromMs < releasedMs)
    if (!b || releasedMs > b.untilMs) return []
    const text = { en: `this was the lock of ${b.process}`, zh: `这是 ${b.process} 的锁` }
    return [{ atMs: releasedMs, process: a.process as Name, kind: 'alarm' as const, text }]
  })
}

function fateOf({ buyer, isOnRecord }: TrialResult['unanswered'][number], { findings }: TrialResult['verdict']): Text {
  if (isOnRecord) {
    return { en: `${buyer} was not told; the order is on record`, zh: `${buyer} 没有得到答复，但订单已有记录` }
  }
  if (findings.includes('lost')) {
    return {
      en: `the unit of ${buyer} is gone, its order nowhere`,
      zh: `${buyer} 的那一件没了，订单也哪儿都没有`,
    }
  }
  return { en: `${buyer} was not told, and took nothing`, zh: `${buyer} 没有得到答复，也没有占用库存` }
}

function restRow(atMs: number, text: Text): TimelineRow {
  return { atMs, process: undefined, kind: 'rest', text }
}

function rowOf(happening: Happening): TimelineRow[] {
  const { atMs } = happening
  switch (happening.kind) {
    case 'asked': {
      const { process, buyer } = happening
      return [{ atMs, process, kind: 'asked', text: { en: `${buyer} asks for one`, zh: `${buyer} 来买一件` } }]
    }
    case 'point': {
      // If the process does not stop there, the bar beside it says enough.
      if (!happening.waits) return []
      const { process, point } = happening
      const number = pointNumber(point)
      return [
        {
          atMs,
          process,
          kind: 'stand',
          text: { en: `held at ${number}: ${point}`, zh: `停在 ${number}“${points[point]}”` },
        },
      ]
    }
    case 'command': {
      const { process, text, times } = happening
      const shown = times > 1 ? `${text}  ×${times}` : text
      return [{ atMs, process, kind: 'command', text: { en: shown, zh: shown } }]
    }
    case 'answer': {
      const { process, buyer, outcome } = happening
      const { en, zh } = outcomeNames[outcome]
      return [{ atMs, process, kind: 'answer', text: { en: `${buyer}: ${en}`, zh: `${buyer}：${zh}` } }]
    }
    case 'mark': {
      const { process, mark } = happening
      return [{ atMs, process, kind: mark, text: marks[mark] }]
    }
    case 'note':
      return [{ atMs, process: undefined, kind: 'note', text: happening.text }]
    default:
      return []
  }
}

function restOf(happenings: readonly Happening[]): Text | undefined {
  const outcomes = happenings.flatMap((happening) => (happening.kind === 'answer' ? [happening.outcome] : []))
  const last = outcomes.at(-1)
  if (last === undefined) return undefined
  const sold = outcomes.filter((outcome) => outcome === 'sold').length
  const { en, zh } = outcomeNames[last]
  if (sold === 0) return { en: `then the next buyer: ${en}`, zh: `之后的买家：${zh}` }
  return {
    en: `then ${sold} more one by one, then: ${en}`,
    zh: `之后逐个又卖出 ${sold} 件，然后：${zh}`,
  }
}
