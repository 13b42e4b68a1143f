import { expect, test } from 'vitest'
import { allFaults } from './faults/all-faults.ts'
import { helpText, readArguments } from './read-arguments.ts'

function read(...args: string[]) {
  const command = readArguments(args)
  if (command.kind !== 'strike') throw new Error(command.kind)
  return command
}

test('without flags every fault may strike, with a seed of its own', () => {
  expect(read()).toMatchObject({ faultCount: 10, isWhole: true })
  expect(read().faults.map(({ fault }) => fault)).toEqual(allFaults)
  expect(read().seed).not.toBe(read().seed)
})

test('faults are chosen by name and point, and the command that repeats the run names them', () => {
  const command = read('--only', 'kill-redis@after the script ran, flush', '--seed', '7', '--faults', '3')
  expect(command.faults.map(({ fault, points }) => [fault.name, points])).toEqual([
    ['kill-redis', ['after the script ran']],
    ['flush', allFaults.find(({ name }) => name === 'flush')!.points],
  ])
  expect(command).toMatchObject({ seed: 7, faultCount: 3, isWhole: false })
  expect(command.command).toBe(`npx pnpm chaos --seed 7 --faults 3 --only 'kill-redis@after the script ran, flush'`)
})

test('mutants are a run of their own', () => {
  expect(readArguments(['--mutants'])).toEqual({ kind: 'mutants' })
})

test('help names every fault', () => {
  expect(readArguments(['-h'])).toEqual({ kind: 'help' })
  for (const { name } of allFaults) expect(helpText()).toContain(`  ${name} `)
})

test.each([
  [['--only', 'meteor'], /^--only meteor: there is no fault "meteor"\. There are: kill-api, .*$/],
  [['--only', 'flush@noon'], /^--only flush@noon: flush does not strike "noon"\. Its points: in the storm, .*$/],
  [['--seed', '-1'], /^--seed -1: must be a whole number from 0 to 2147483647$/],
  [['--faults', '0'], /^--faults 0: must be a whole number from 1 to 100000$/],
  [['--mutants', '--seed', '1'], /^--mutants takes no --seed$/],
  [['--fast'], /^Unknown option '--fast'; --help lists what there is$/],
  [['flush'], /^Unexpected argument 'flush'; --help lists what there is$/],
])('%j is refused in one line', (args, message) => {
  expect(() => readArguments(args)).toThrow(message)
})
