import { readFile } from 'node:fs/promises'
import { escaped } from '@flash-sale/kit/page-html'
import { isPoint, pointNumber } from './point-numbers.ts'

// src and dist are equally deep.
const folder = new URL('../../src/strategies/', import.meta.url)
const reserveScript = new URL('../../../../packages/stock/src/reserve.lua', import.meta.url)

/** A strategy's own source as the page shows it: without its imports, with its named points marked and numbered. */
export async function codeOf(id: string): Promise<string> {
  const source = await readFile(new URL(`${id}.ts`, folder), 'utf8')
  return linesOf(source.replaceAll(/^import [^']*'[^']*'\n/gm, '').trim(), marked)
}

/** The part of reserve.lua that judges the orders of a batch and writes what it accepted. */
export async function reserveCode(): Promise<string> {
  const source = await readFile(reserveScript, 'utf8')
  const from = source.indexOf('for i = 1, n do')
  if (from === -1) throw new Error('reserve.lua has no loop over the orders of a batch')
  return linesOf(source.slice(from).trim(), (line) => escaped(line.replace(/ -- guard: .*$/, '')))
}

/** Each line is a block with its own indent, so that a long line wraps behind it. */
function linesOf(code: string, show: (line: string) => string): string {
  const lines = code.split('\n').map((line) => {
    const indent = line.length - line.trimStart().length
    return `<span class="line" style="--indent:${indent}">${show(line.trimStart()) || ' '}</span>`
  })
  return lines.join('')
}

function marked(line: string): string {
  const text = escaped(line)
  if (/^(?:\/\/|\/\*\*?|\*)/.test(line)) return `<i>${text}</i>`
  return text
    .replaceAll(/\b(?:shop\.)?at\((?:&#39;|')([^']*)'\)/g, (call, point: string) =>
      isPoint(point) ? `<mark>${pointNumber(point)} ${call}</mark>` : call,
    )
    .replaceAll(
      /\b(const|return|await|async|export|function|if|try|finally|for|while|throw|catch|let|using)\b/g,
      '<b>$1</b>',
    )
}
