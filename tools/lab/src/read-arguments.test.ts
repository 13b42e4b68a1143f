import { expect, test } from 'vitest'
import { field } from './field.ts'
import { helpText, readArguments } from './read-arguments.ts'

function read(...args: string[]) {
  const command = readArguments(args)
  if (command === 'help') throw new Error('it showed its help')
  return command
}

test('without flags the whole field runs, with a seed of its own', () => {
  expect(read()).toMatchObject({ rows: field, isWhole: true, asJson: false })
  expect(read().seed).not.toBe(read().seed)
})

test('strategies are chosen by name, in the order of the table, and a seed repeats a run', () => {
  const command = read('--only', 'watchdog, no-lock', '--seed', '7', '--json')
  expect(command.rows.map(({ id }) => id)).toEqual(['no-lock', 'watchdog'])
  expect(command).toMatchObject({ seed: 7, asJson: true, isWhole: false })
})

test('help names every strategy', () => {
  expect(readArguments(['-h'])).toBe('help')
  for (const { id } of field) expect(helpText()).toContain(`  ${id} `)
})

test.each([
  [['--only', 'mutex'], /^--only mutex: there is no strategy "mutex"\. There are: no-lock, .*$/],
  [['--seed', '-1'], /^--seed -1: must be a whole number from 0 to 2147483647$/],
  [['--seed', '1.5'], /^--seed 1\.5: must be a whole number from 0 to 2147483647$/],
  [['--fast'], /^Unknown option '--fast'; --help lists what there is$/],
  [['watchdog'], /^watchdog: strategies are chosen with --only watchdog$/],
])('%j is refused in one line', (args, message) => {
  expect(() => read(...args)).toThrow(message)
})
