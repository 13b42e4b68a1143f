/** The facts of an entry in a calendar. Moments are ISO 8601. */
export interface CalendarEntry {
  readonly uid: string
  readonly title: string
  readonly opensAt: string
  readonly closesAt: string
  /** The page to open. */
  readonly url: string
  /** When the entry was made. */
  readonly madeAt: string
}

/** How long before the opening the calendar reminds. */
const alarm = '-PT5M'

/** The text of an .ics file (RFC 5545) with one entry, which calendars of every system take. */
export function calendarFile({ uid, title, opensAt, closesAt, url, madeAt }: CalendarEntry): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Flash Sale//EN',
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `DTSTAMP:${moment(madeAt)}`,
    `DTSTART:${moment(opensAt)}`,
    `DTEND:${moment(closesAt)}`,
    `SUMMARY:${escape(title)}`,
    `DESCRIPTION:${escape(url)}`,
    `URL:${url}`,
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `DESCRIPTION:${escape(title)}`,
    `TRIGGER:${alarm}`,
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${fold(line)}\r\n`).join('')
}

/** 20261126T100000Z */
function moment(at: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}

function escape(text: string): string {
  return text.replaceAll(/[\\;,]/g, (char) => `\\${char}`).replaceAll(/\r?\n/g, '\\n')
}

const lineBytesMax = 75

/** A longer line continues on the next line, behind a space. The limit counts bytes, and a character is not cut. */
function fold(line: string): string {
  const encoder = new TextEncoder()
  let folded = ''
  let bytes = 0
  for (const char of line) {
    const size = encoder.encode(char).length
    if (bytes + size > lineBytesMax) {
      folded += '\r\n '
      bytes = 1
    }
    folded += char
    bytes += size
  }
  return folded
}
