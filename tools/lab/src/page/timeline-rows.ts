import type { Happening } from '../faults/recorder.ts'
import type { Name } from '../faults/stage.ts'
import type { Text } from '@flash-sale/kit/text'
import { points } from '../strategies/points.ts'
import type { Outcome } from '../strategies/strategy.ts'
import type { TrialResult } from '../run-trial.ts'

/** A line of a timeline. */
export interface TimelineRow {
  readonly atMs: number
  /** Undefined for an event outside of the processes. */
  readonly process: Name | undefined
  readonly kind: 'asked' | 'command' | 'stand' | 'paused' | 'resumed' | 'killed' | 'answer' | 'note' | 'rest'
  readonly text: Text
}

const rowsMax = 48

const outcomeNames: Readonly<Record<Outcome, Text>> = {
  sold: { en: 'sold', zh: '已售出' },
  'sold out': { en: 'sold out', zh: '已售罄' },
  'gave up': { en: 'waited in vain', zh: '白等一场' },
}

const marks: Readonly<Record<'paused' | 'resumed' | 'killed', Text>> = {
  paused: { en: 'is stopped as a whole (SIGSTOP)', zh: '整个进程被停住（SIGSTOP）' },
  resumed: { en: 'runs again (SIGCONT)', zh: '进程继续运行（SIGCONT）' },
  killed: { en: 'is killed (SIGKILL)', zh: '进程被杀死（SIGKILL）' },
}

/** The rows of a trial: every event until the fault was over, and one line for the rest. */
export function timelineRows({ happenings, strikeEndedMs, unanswered, verdict }: TrialResult): TimelineRow[] {
  const strike = happenings.filter(({ atMs }) => atMs <= strikeEndedMs)
  const rows = strike.flatMap(rowOf)
  const shown = rows.slice(0, rowsMax)
  const leftOut = rows.length - shown.length
  if (leftOut > 0)
    shown.push(restRow(shown.at(-1)!.atMs, { en: `… and ${leftOut} lines more`, zh: `……还有 ${leftOut} 行` }))
  const rest = restOf(happenings.filter(({ atMs }) => atMs > strikeEndedMs))
  if (rest) shown.push(restRow(strikeEndedMs, rest))
  return [...shown, ...unanswered.map((buyer) => restRow(strikeEndedMs, fateOf(buyer, verdict)))]
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
      return [{ atMs, process, kind: 'stand', text: { en: `stands ${point}`, zh: `停在“${points[point]}”` } }]
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
