import path from 'node:path'
import { expect, test } from 'vitest'
import { allFiles, anchorOf, exists, matches, pages, readPage, readText, tableRows } from './markdown-pages.fixture.ts'

const readmeBytesMax = 12_000
const cellLengthMax = 200

const anchorsOf = new Map(pages.map((page) => [page.file, new Set(page.headings.map(anchorOf))]))
const fileNames = new Set(allFiles.map((file) => path.basename(file)))
const readmes = [readPage('README.md'), readPage('README.zh-CN.md')] as const

test.each(pages)('every link of $file leads to a file, and to a heading where it names one', ({ file, links }) => {
  const broken = links.filter((link) => {
    if (/^https?:/.test(link)) return false
    const [target = '', anchor] = link.split('#')
    const found = target === '' ? file : path.join(path.dirname(file), target)
    if (!exists(found)) return true
    return anchor !== undefined && !anchorsOf.get(found)?.has(decodeURIComponent(anchor))
  })
  expect(broken).toEqual([])
})

test.each(pages)('every file that $file names exists', ({ codes }) => {
  const isPath = /^(?:apps|packages|tools|docs|scripts|prisma|loadtest)\/[\w./-]+$/
  const isFileName = /^[a-z][\w-]*(?:\.[a-z]+)*\.(?:lua|ts|tsx|sql|mjs|prisma)$/
  // `dist` and `reports` are made by commands; capitals stand for a name that the reader chooses.
  const named = codes.filter((code) => !/\b(?:dist|reports)\b|[A-Z]{4}/.test(code))
  const missing = named.filter((code) =>
    isPath.test(code) ? !exists(code) : isFileName.test(code) && !fileNames.has(code),
  )
  expect(missing).toEqual([])
})

test.each(pages)('every test that $file quotes is in the file that it is quoted from', ({ file, prose }) => {
  const quoted = prose.replaceAll(/\s+/g, ' ').matchAll(/\]\(([^)]+\.test\.ts)\): (?:"([^"]+)"|'([^']+)')/g)
  const unknown = [...quoted].filter(([, target, double, single]) => {
    const title = double ?? single!
    const tests = path.join(path.dirname(file), target!)
    return !exists(tests) || !titlesIn(readText(tests)).has(title)
  })
  expect(unknown.map(([text]) => text)).toEqual([])
})

/** The texts that come first in a call: the titles of tests are among them. */
function titlesIn(source: string): Set<string> {
  const texts = source.matchAll(/\(\s*(?:'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)"|`([^`]+)`)/g)
  return new Set([...texts].map(([, ...spellings]) => spellings.find(isText)!.replaceAll(/\\(.)/g, '$1')))
}

function isText(text: string | undefined): text is string {
  return text !== undefined
}

test.each(pages)('every command that $file shows is one of package.json', ({ text }) => {
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: object }
  const code = matches(text, /(^```[^]*?^```$|`[^`\n]+`)/gm).join('\n')
  const shown = matches(code, /\bpnpm(?:@\d+)? (?:run )?([a-z][\w:-]*)/g)
  expect(shown.filter((name) => name !== 'install' && !Object.hasOwn(scripts, name))).toEqual([])
})

test.each(pages)(`no table cell of $file is longer than ${cellLengthMax} characters`, (page) => {
  expect(
    tableRows(page)
      .flat()
      .filter((cell) => cell.length > cellLengthMax),
  ).toEqual([])
})

test.each(readmes)(`$file has at most ${readmeBytesMax} bytes`, ({ text }) => {
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(readmeBytesMax)
})

test('the Chinese README has the commands, the calls, the names, the links and the sections of the English one', () => {
  const [english, chinese] = readmes.map(({ text, prose, codes, links, headings }) => ({
    commands: matches(text, /^```sh\n([^]*?)^```$/gm),
    calls: matches(prose, /`((?:GET|POST) [^`]+)`/g),
    // Problem codes, statuses, settings and fields. A command may name its argument in Chinese.
    names: new Set(codes.filter((code) => /^[\w.-]+$/.test(code))),
    links: links.filter((link) => !/^README|^#|^CONTRIBUTING.md#/.test(link)).toSorted(),
    sections: headings.length,
  }))
  expect(chinese).toEqual(english)
})

test('every invariant says what enforces it, what checks it and which mutant shows that the checks can fail', () => {
  const [, ...sections] = readText('docs/invariants.md').split(/^## /m)
  expect(sections.length).toBeGreaterThan(10)
  const numbers = sections.map((section) => Number(/^I(\d+) /.exec(section)?.[1]))
  expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
  for (const section of sections) {
    expect(matches(section, /^\*\*([^.*]+)\.?\*\*/gm)).toEqual(['Says', 'Enforced by', 'Checked by', 'Mutants'])
  }
})

test('every decision is dated and listed', () => {
  const files = allFiles.filter((file) => file.startsWith('docs/decisions/') && !file.endsWith('README.md'))
  const listed = readPage('docs/decisions/README.md').links.map((link) => `docs/decisions/${link}`)
  expect(listed.toSorted()).toEqual(files.toSorted())
  for (const file of files) {
    const date = /\d{4}-\d\d-\d\d/.exec(file)?.[0]
    expect([file, readText(file).includes(`Decided on ${date}.`)]).toEqual([file, true])
  }
})
