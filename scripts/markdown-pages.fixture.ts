import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** A page of the docs. */
export interface Page {
  /** From the root of the workspace. */
  readonly file: string
  readonly text: string
  /** Without code in fences. */
  readonly prose: string
  readonly headings: readonly string[]
  /** The texts in backticks within the prose. */
  readonly codes: readonly string[]
  readonly links: readonly string[]
}

const workspace = fileURLToPath(new URL('..', import.meta.url))

const skipped = new Set(['node_modules', 'dist', 'generated'])

/** Every file of the workspace that a person wrote, from its root. */
export const allFiles = walk('')

function walk(folder: string): string[] {
  return readdirSync(path.join(workspace, folder), { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name) || entry.name.startsWith('.')) return []
    const name = path.join(folder, entry.name)
    return entry.isDirectory() ? walk(name) : [name]
  })
}

/** A file's text, by its path from the root. */
export function readText(file: string): string {
  return readFileSync(path.join(workspace, file), 'utf8')
}

export function exists(file: string): boolean {
  return existsSync(path.join(workspace, file))
}

/** Reads a page, by its path from the root. */
export function readPage(file: string): Page {
  const text = readText(file)
  const prose = text.replaceAll(/^```[^]*?^```$/gm, '')
  return {
    file,
    text,
    prose,
    headings: matches(prose, /^#+ (.+)$/gm),
    codes: matches(prose, /`([^`\n]+)`/g),
    links: matches(prose.replaceAll(/`[^`\n]*`/g, ''), /\]\(([^)\s]+)\)/g),
  }
}

/** Every page of the docs. */
export const pages = allFiles.filter((file) => file.endsWith('.md')).map(readPage)

/** The name of a heading in an address, as GitHub makes it. */
export function anchorOf(heading: string): string {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
  return text.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-')
}

/** The cells of every table row of a page, without the lines under the heads. */
export function tableRows({ prose }: Page): string[][] {
  const lines = prose.split('\n').filter((line) => line.trim().startsWith('|') && !/^[\s|:-]+$/.test(line))
  return lines.map((line) =>
    line
      .trim()
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  )
}

/** The first group of each match. */
export function matches(text: string, expression: RegExp): string[] {
  return [...text.matchAll(expression)].map(([, group = '']) => group)
}
