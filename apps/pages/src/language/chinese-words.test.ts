import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const workspace = path.resolve(import.meta.dirname, '../../../..')
const source = 'apps/pages/src'
const texts = [
  'README.zh-CN.md',
  ...readdirSync(path.join(workspace, source), { encoding: 'utf8', recursive: true })
    .filter((file) => /(?<!\.test)\.tsx?$/.test(file))
    .map((file) => path.join(source, file)),
].map((file) => ({ file, text: readFileSync(path.join(workspace, file), 'utf8') }))

/** A word that no Chinese text uses, and the word for the same thing. */
const words = [
  [/商店|店铺/, '商城'],
  [/仪表盘/, '运营后台'],
  [/清点/, '盘点'],
  [/纪元/, '账本版本'],
  [/占用者/, '锁持有者'],
  [/结算中/, '落库中'],
  [/未能入库/, '订单未能生成'],
  [/一张订单|同一张/, '一笔订单'],
  [/应答/, '响应'],
  [/按钮会自动/, '届时即可点击'],
  [/每人上限/, '限购上限'],
  [/恰好在一处/, '账实相符'],
] as const

test.each(words)('Chinese texts do not write %s, since the word is %s', (word) => {
  expect(texts.filter(({ text }) => word.test(text)).map(({ file }) => file)).toEqual([])
})

test('the Chinese pages call the outbox by what it is for people', () => {
  const pages = texts.filter(({ file }) => !file.startsWith('README'))
  expect(pages.filter(({ text }) => text.includes('发件箱')).map(({ file }) => file)).toEqual([])
})
