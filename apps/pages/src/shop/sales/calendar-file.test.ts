import { expect, test } from 'vitest'
import { calendarFile } from './calendar-file.ts'

const entry = {
  uid: 'sale-7@shop.example',
  title: 'Lamp, the second; 秒杀'.repeat(8),
  opensAt: '2026-11-26T10:00:00.000Z',
  closesAt: '2026-11-26T11:30:00.000Z',
  url: 'https://shop.example/?sale=7',
  madeAt: '2026-11-25T09:00:00.000Z',
}

/** The lines as a calendar reads them: folded lines joined. */
const lines = calendarFile(entry).replaceAll('\r\n ', '').split('\r\n')

test('a calendar reads the opening, the end, the address and an alarm', () => {
  expect(lines).toEqual(
    expect.arrayContaining([
      'BEGIN:VCALENDAR',
      'DTSTART:20261126T100000Z',
      'DTEND:20261126T113000Z',
      'URL:https://shop.example/?sale=7',
      'TRIGGER:-PT5M',
    ]),
  )
  expect(lines.at(-2)).toBe('END:VCALENDAR')
})

test('a comma, a semicolon and Chinese characters of the name stay whole', () => {
  expect(lines).toContain(`SUMMARY:${'Lamp\\, the second\\; 秒杀'.repeat(8)}`)
  for (const line of calendarFile(entry).split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
})
