import { styleText } from 'node:util'
import { textOf, type Cell, type Section } from './section.ts'

const widthMax = 110

/** A section as lines of text, in colour if a person reads it. */
export function printSection(
  { title, note, columns, rows }: Section,
  print: (line: string) => void,
  isColoured: boolean,
): void {
  const paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) =>
    isColoured ? styleText(style, text) : text
  print('')
  print(paint('bold', title))
  for (const line of wrap(note)) print(`  ${line}`)
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => textOf(row[i] ?? '').length)))
  const isLeft = columns.map((_, i) => rows.every((row) => !/^[\d,.]+$/.test(textOf(row[i] ?? ''))))
  const align = (text: string, i: number) => (isLeft[i] ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))
  print(`  ${paint('dim', columns.map(align).join('  ').trimEnd())}`)
  for (const row of rows)
    print(
      `  ${row
        .map((cell, i) => painted(cell, align(textOf(cell), i), paint))
        .join('  ')
        .trimEnd()}`,
    )
}

const styles = { good: 'green', bad: 'red', unsure: 'yellow' } as const

function painted(
  cell: Cell,
  text: string,
  paint: (style: 'dim' | 'green' | 'red' | 'yellow', text: string) => string,
): string {
  if (typeof cell === 'string') return text
  if (cell.tone) return paint(styles[cell.tone], text)
  return cell.isFaint ? paint('dim', text) : text
}

function wrap(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < widthMax) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
