import { readFile } from 'node:fs/promises'
import { escaped } from '@flash-sale/kit/page-html'

// src and dist are equally deep.
const folder = new URL('../../src/strategies/', import.meta.url)

/** A strategy's own source as the page shows it: without its imports, with its named points marked. */
export async function codeOf(id: string): Promise<string> {
  const source = await readFile(new URL(`${id}.ts`, folder), 'utf8')
  const body = source.replaceAll(/^import [^']*'[^']*'\n/gm, '').trim()
  return body.split('\n').map(marked).join('\n')
}

function marked(line: string): string {
  const text = escaped(line)
  if (/^\s*(?:\/\/|\/\*\*?|\*)/.test(line)) return `<i>${text}</i>`
  return text
    .replaceAll(/\b(?:shop\.)?at\((&#39;|')([^']*)'\)/g, (call) => `<mark>${call}</mark>`)
    .replaceAll(
      /\b(const|return|await|async|export|function|if|try|finally|for|while|throw|catch|let|using)\b/g,
      '<b>$1</b>',
    )
}
