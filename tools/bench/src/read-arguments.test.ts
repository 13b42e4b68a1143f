import { expect, test } from 'vitest'
import { figureNames } from './figures.ts'
import { readArguments } from './read-arguments.ts'

function read(...args: string[]) {
  const command = readArguments(args)
  if (command === 'help') throw new Error('it showed its help')
  return command
}

test('figures are chosen by letter or by name', () => {
  expect([...read('--only', 'b,persist').figures]).toEqual(['accept', 'persist'])
  expect([...read().figures].toSorted()).toEqual(Object.values(figureNames).toSorted())
})

test('only a run of everything, as thorough as it is meant to be, is worth keeping as the latest', () => {
  expect(read().isWhole).toBe(true)
  for (const args of [['--quick'], ['--only', 'b'], ['--rounds', '1']])
    expect(read(...args).isWhole, args[0]).toBe(false)
})

test('flags say how much is measured', () => {
  const { settings } = read('--quick', '--rounds', '5', '--seconds', '0.5', '--connections', '64')
  expect(settings).toMatchObject({ rounds: 5, sliceMs: 500, connections: 64 })
})

test.each([
  [['--only', 'b,z'], /^--only b,z: there is no figure "z"\. There are: a bare, .*$/],
  [['--rounds', '0'], /^--rounds 0: must be a whole number from 1 to 100$/],
  [['--seconds', '1e9'], /^--seconds 1e9: must be a number from 0\.2 to 60$/],
  [['--fast'], /^Unknown option '--fast'; --help lists what there is$/],
  [['persist'], /^persist: figures are chosen with --only persist$/],
])('%j is refused in one line', (args, message) => {
  expect(() => read(...args)).toThrow(message)
})
