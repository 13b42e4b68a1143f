import type { RateSample } from '@flash-sale/contract/live'
import type { ProblemCode } from '@flash-sale/contract/problem'
import { useMemo } from 'react'
import { useFormat } from '../../../language/LanguageContext.ts'
import { problemNames } from '../../../language/problem-names.ts'
import { useWords } from '../../../language/words.ts'
import { useOpsWords } from '../../words.ts'
import { RateChart, type RateChartLine } from './RateChart.tsx'
import { refusalLines } from './refusal-lines.ts'
import type { ColourToken } from './use-colours.ts'

// The reasons of a healthy storm have a colour and a dash of their own always; the others take what is free.
const ownLooks: Partial<Record<ProblemCode, Pick<RateChartLine, 'colour' | 'dash'>>> = {
  SOLD_OUT: { colour: 'series-5' },
  LIMIT_REACHED: { colour: 'series-3', dash: [6, 3] },
  SALE_NOT_OPEN: { colour: 'series-6', dash: [2, 3] },
  SALE_PAUSED: { colour: 'series-7', dash: [8, 3, 2, 3] },
  OVERLOADED: { colour: 'series-4', dash: [4, 2] },
  BUSY: { colour: 'series-8', dash: [10, 4] },
}
const freeColours: readonly ColourToken[] = ['series-1', 'series-2', 'series-8', 'series-4', 'series-6', 'series-3']

/** Orders refused, one line for each reason that occurs. */
export function RefusalChart({ samples }: { readonly samples: readonly RateSample[] }) {
  const words = useOpsWords().charts
  const names = useWords(problemNames)
  const format = useFormat()
  const { named, rest } = refusalLines(samples)
  const key = [named, rest].map((codes) => codes.join(',')).join(';')
  const lines = useMemo(() => {
    const [namedCodes = [], restCodes = []] = key
      .split(';')
      .map((codes) => codes.split(',').filter(Boolean) as ProblemCode[])
    const own = namedCodes.map((code, i): RateChartLine => {
      const look = ownLooks[code] ?? { colour: freeColours[i % freeColours.length]!, dash: [3, 3] }
      return { name: names[code], ...look, reading: ({ refused }) => refused[code] ?? 0 }
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
      samples={samples}
      formatValue={formatValue}
      nothing={words.nothingRefused}
    />
  )
}
