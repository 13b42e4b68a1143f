import { refusals, type RefusalCode } from '@flash-sale/contract/order-outcomes'
import { useMemo } from 'react'
import { useFormat } from '../../../language/LanguageContext.ts'
import { problemNames } from '../../../language/problem-names.ts'
import { useWords } from '../../../language/words.ts'
import { useOpsWords } from '../../words.ts'
import { RateChart, type RateChartLine, type RateChartProps } from './RateChart.tsx'
import { refusalLines } from './refusal-lines.ts'
import type { ColourToken } from './use-colours.ts'

// Each refusal of an order has its colour from the contract's table, and a dash of its own for readers who cannot tell colours apart.
const dashes = {
  SOLD_OUT: undefined,
  LIMIT_REACHED: [6, 3],
  SALE_NOT_OPEN: [2, 3],
  SALE_PAUSED: [8, 3, 2, 3],
  OVERLOADED: [4, 2],
  BUSY: [10, 4],
  SALE_CLOSED: [3, 3],
  KEY_CONFLICT: [3, 3],
  OUTCOME_UNKNOWN: [3, 3],
  UNAVAILABLE: [3, 3],
} satisfies Record<RefusalCode, RateChartLine['dash'] | undefined>
const freeColours: readonly ColourToken[] = ['series-1', 'series-2', 'series-8', 'series-4', 'series-6', 'series-3']

type RefusalChartProps = Pick<RateChartProps, 'samples' | 'spanSeconds' | 'stepSeconds' | 'about' | 'wide'>

/** Orders refused, one line for each reason that occurs. */
export function RefusalChart(shown: RefusalChartProps) {
  const { samples } = shown
  const words = useOpsWords().charts
  const names = useWords(problemNames)
  const format = useFormat()
  const { named, rest } = refusalLines(samples)
  const key = [named, rest].map((codes) => codes.join(',')).join(';')
  const lines = useMemo(() => {
    const [namedCodes = [], restCodes = []] = key
      .split(';')
      .map((codes) => codes.split(',').filter(Boolean) as RefusalCode[])
    const own = namedCodes.map((code, i): RateChartLine => {
      return { name: names[code], ...lookOf(code, i), reading: ({ refused }) => refused[code] ?? 0 }
    })
    if (restCodes.length === 0) return own
    const other: RateChartLine = {
      name: words.other,
      colour: 'series-7',
      dash: [1, 3],
      reading: ({ refused }) => restCodes.reduce((sum, code) => sum + (refused[code] ?? 0), 0),
    }
    return [...own, other]
  }, [key, names, words])
  const formatValue = useMemo(() => (value: number) => format.rate(value), [format])
  return (
    <RateChart
      title={words.refused}
      unit={words.ordersUnit}
      lines={lines}
      {...shown}
      formatValue={formatValue}
      nothing={words.nothingRefused}
    />
  )
}

/** The colour and dash of a code's line. `place` is the line's place among all lines. */
function lookOf(code: RefusalCode, place: number): Pick<RateChartLine, 'colour' | 'dash'> {
  const { colour } = refusals.get(code)!
  const dash = dashes[code]
  return {
    colour: colour === 'free' ? freeColours[place % freeColours.length]! : colour,
    ...(dash && { dash }),
  }
}
