import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { refusalCodes } from './order-outcomes.ts'
import { orderStatuses } from './order-statuses.ts'

const root = path.join(import.meta.dirname, '../../..')

/** What the project says of itself in English, as one text. */
function readDocs(): string {
  const inDocs = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  const files = ['README.md', 'ARCHITECTURE.md', ...inDocs.map((file) => path.join('docs', file))]
  const pages = files.filter((file) => file.endsWith('.md') && existsSync(path.join(root, file)))
  return pages.map((file) => readFileSync(path.join(root, file), 'utf8')).join('\n')
}

test('the docs name every refusal of an order and every status that it can have', () => {
  const docs = readDocs()
  const unnamed = [...refusalCodes, ...orderStatuses].filter((word) => !docs.includes(`\`${word}\``))
  expect(unnamed).toEqual([])
})
