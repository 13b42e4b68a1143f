import { StartupError } from '@flash-sale/runtime/startup-error'
import { expect, test } from 'vitest'
import { readDemoFlags } from './demo-flags.ts'

test('without flags there are 1,000 units and ten buyers for each', () => {
  expect(readDemoFlags([])).toEqual({ help: false, once: false, unitCount: 1_000, buyerCount: 10_000 })
})

test('the separator that pnpm passes on is no argument', () => {
  expect(readDemoFlags(['--', '--once', '--units', '20', '--buyers=40'])).toMatchObject({
    once: true,
    unitCount: 20,
    buyerCount: 40,
  })
})

test.each([
  [['--twice'], `Unknown option '--twice'; --help lists what there is`],
  [['now'], `Unexpected argument 'now'; --help lists what there is`],
  [['--units', '-5'], '--units -5: must be a whole number from 1 to 100000'],
  [['--units', 'many'], '--units many: must be a whole number from 1 to 100000'],
  [['--units', '20', '--buyers', '39'], '--buyers 39: must be a whole number from 40 (two for each unit) to 1000000'],
])('%j is refused in one line', (args, line) => {
  expect(() => readDemoFlags(args)).toThrow(new StartupError(line))
})
