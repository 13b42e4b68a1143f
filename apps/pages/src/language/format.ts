import { minorDigits } from '@flash-sale/contract/minor-digits'
import { chooseLanguage, type Language } from './languages.ts'

/** A number and its unit as two texts, for figures that show them in two sizes. */
export interface Measure {
  readonly value: string
  readonly unit: string
}

export type Format = ReturnType<typeof createFormat>

type Unit = 'micros' | 'ms' | 'second' | 'minute' | 'hour' | 'day'

// Intl's own names differ by region ("secs" in British English); everybody reads these symbols.
const unitNames: Record<Language, Record<Unit, string>> = {
  en: { micros: 'µs', ms: 'ms', second: 's', minute: 'min', hour: 'h', day: 'd' },
  zh: { micros: '微秒', ms: '毫秒', second: '秒', minute: '分钟', hour: '小时', day: '天' },
}

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Formats numbers and times for a locale. Times are in the reader's zone, unless `timeZone` names another. */
export function createFormat(locale: string, timeZone?: string) {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const price = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
  const units = unitFormats(locale)
  const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...options, timeZone })
  const time = dates({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  const minute = dates({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const dateTime = dates({ dateStyle: 'medium', timeStyle: 'medium' })
  const zone = dates({ timeZoneName: 'short' })

  const measure = (ms: number): Measure => {
    const [unit, unitMs] = unitOf(ms)
    return units(unit, ms / unitMs)
  }
  /** 3 min 20 s, 2 h 5 min. */
  const longSpan = (ms: number) => {
    const [unit, unitMs] = unitOf(ms)
    const next = nextUnit(unit)
    if (!next) return join(measure(ms))
    const rest = Math.floor((ms % unitMs) / next[1])
    const first = join(units(unit, Math.floor(ms / unitMs)))
    return rest === 0 ? first : `${first} ${join(units(next[0], rest))}`
  }

  return {
    /** 12,345 */
    count: (units_: number) => whole.format(units_),
    /** Orders per second: one decimal below ten, so that a slow sale is not shown as none. */
    rate: (perSecond: number) => decimals(locale, perSecond < 9.95 && !Number.isInteger(perSecond) ? 1 : 0)(perSecond),
    /** 0.25 as 25 %. What is not all is never shown as all, and what is not nothing never as nothing. */
    percent: (share: number) => percent.format(share > 0 && share < 1 ? Math.min(0.99, Math.max(0.01, share)) : share),
    /** An amount in the smallest unit of its currency: 1299 is €12.99 in EUR and ¥1,299 in JPY. Without a currency it is cents of any. */
    price: (amount: number, currency?: string) =>
      currency === undefined ? price.format(amount / 100) : money(locale, currency)(amount),
    /** 10:00:00 */
    time: (at: Date | string) => time.format(asDate(at)),
    /** 10:00 */
    minute: (at: Date | string) => minute.format(asDate(at)),
    /** 22 Nov 2026, 10:00:00 */
    dateTime: (at: Date | string) => dateTime.format(asDate(at)),
    /** The name of the reader's zone at that moment, such as GMT+8. */
    zone: (at: Date | string) =>
      zone.formatToParts(asDate(at)).find(({ type }) => type === 'timeZoneName')?.value ?? '',
    /** A span of time in the unit that suits it, number and unit apart: 340 ms, 1.2 s, 12 min. */
    measure,
    /** The same as one text. */
    span: (ms: number) => join(measure(ms)),
    /** A longer span in two units. */
    longSpan,
    /** A span that is only reckoned: whole seconds, and from a minute on whole minutes. */
    roughSpan: (ms: number) => {
      const stepMs = ms < minuteMs ? secondMs : minuteMs
      return longSpan(Math.max(1, Math.round(ms / stepMs)) * stepMs)
    },
    /** Microseconds as one text: 6.1 µs, and from a thousand on in ms. */
    micros: (micros: number) => join(micros < 999.5 ? units('micros', micros) : measure(micros / 1_000)),
    /** The time that is left, as a clock: 04:37, 01:04:37, with days before it. It is rounded up, so 00:00 means that the time is over. */
    countdown: (ms: number) => {
      // Rounding comes before the split into days and hours; otherwise the last second of a day would be its 24th hour.
      const roundedMs = Math.ceil(ms / secondMs) * secondMs
      const days = Math.floor(roundedMs / dayMs)
      return days > 0 ? `${join(units('day', days))} ${clock(roundedMs % dayMs)}` : clock(roundedMs)
    },
  }
}

/** A space separates the unit from its number, in Chinese too: as in every other sentence of these pages. */
function join({ value, unit }: Measure): string {
  return `${value}\u00a0${unit}`
}

/** hh:mm:ss of whole seconds, in ms. */
function clock(ms: number): string {
  const seconds = Math.max(0, ms / secondMs)
  const hours = Math.floor(seconds / 3600)
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return hours > 0 ? `${two(hours)}:${rest}` : rest
}

function two(part: number): string {
  return String(part).padStart(2, '0')
}

function unitOf(ms: number): [Unit, number] {
  if (ms < 999.5) return ['ms', 1]
  if (ms < minuteMs) return ['second', secondMs]
  if (ms < hourMs) return ['minute', minuteMs]
  return ms < dayMs ? ['hour', hourMs] : ['day', dayMs]
}

function nextUnit(unit: Unit): [Unit, number] | undefined {
  if (unit === 'minute') return ['second', secondMs]
  if (unit === 'hour') return ['minute', minuteMs]
  return unit === 'day' ? ['hour', hourMs] : undefined
}

/** A decimal where it matters (1.2 s), none where it would only flicker (340 ms). */
function unitFormats(locale: string) {
  const names = unitNames[chooseLanguage(locale, [])]
  return (unit: Unit, amount: number): Measure => {
    const digits = amount < 9.95 && !Number.isInteger(amount) ? 1 : 0
    return { value: decimals(locale, digits)(amount), unit: names[unit] }
  }
}

const formats = new Map<string, Intl.NumberFormat>()

function decimals(locale: string, digits: number): (value: number) => string {
  const fractionDigits = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  const format = kept(`${locale} ${digits}`, () => new Intl.NumberFormat(locale, fractionDigits))
  return (value) => format.format(value)
}

function money(locale: string, currency: string): (amount: number) => string {
  const digits = minorDigits(currency)
  const fractionDigits = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  const format = kept(
    `${locale} ${currency}`,
    () => new Intl.NumberFormat(locale, { style: 'currency', currency, ...fractionDigits }),
  )
  return (amount) => format.format(amount / 10 ** digits)
}

/** Kept, since making an Intl format costs a thousand times as much as using it, and figures change four times a second. */
function kept(key: string, make: () => Intl.NumberFormat): Intl.NumberFormat {
  const format = formats.get(key) ?? make()
  formats.set(key, format)
  return format
}

function asDate(at: Date | string): Date {
  return typeof at === 'string' ? new Date(at) : at
}
