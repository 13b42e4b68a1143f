import { expect, test } from 'vitest'
import { helpText, readArguments } from './read-arguments.ts'
import { isScenarioName, scenarios } from './scenarios.ts'

const names = Object.keys(scenarios).filter(isScenarioName)

test.each(names)('%s runs with a load of its own, and help says what it does', (name) => {
  const command = readArguments([name])
  const { defaults, summary } = scenarios[name]
  expect(command).toMatchObject({ scenario: name, load: defaults, ownsHost: false })
  expect(helpText()).toContain(`  ${name.padEnd(9)} ${summary}`)
})

test('options change the load, with or without the separator that pnpm passes on', () => {
  const args = [
    'spike',
    '--rate',
    '2000',
    '--duration',
    '2m',
    '--units',
    '5000',
    '--p99',
    '200',
    '--yes-i-own-this-host',
  ]
  const load = { ratePerS: 2_000, durationS: 120, unitCount: 5_000, p99Ms: 200 }
  const command = { scenario: 'spike', load: { ...load, durationS: 30 }, ownsHost: true }
  const short = args.with(4, '30')
  expect(readArguments(short)).toEqual(command)
  expect(readArguments(['--', ...short])).toEqual(command)
  expect(readArguments(['soak', '--duration', '2m'])).toMatchObject({ load: { durationS: 120 } })
  expect(readArguments(['soak', '--duration', '1h', '--rate', '5'])).toMatchObject({ load: { durationS: 3_600 } })
})

test('stock follows the rate where it is not given, so that a storm still sells out', () => {
  expect(readArguments(['restock', '--rate', '300'])).toMatchObject({ load: { unitCount: 600 } })
})

test('help is help, with or without a scenario', () => {
  expect(readArguments(['--help'])).toBe('help')
  expect(readArguments(['spike', '-h'])).toBe('help')
})

test.each([
  [[], /^Which scenario\? One of: smoke, spike, /],
  [['rush'], /^There is no scenario rush\. There are: smoke, spike, /],
  [['toString'], /^There is no scenario toString/],
  [['smoke', 'soak'], /^One scenario at a time: smoke, soak$/],
  [['spike', '--speed', '9'], /^Unknown option '--speed'; --help lists what there is$/],
  [['spike', '--rate'], /--rate.* argument missing/],
  [['spike', '--rate', '1e3'], /^--rate 1e3: must be a whole number from 1 to 20000$/],
  [['spike', '--rate', '0'], /^--rate 0: must be/],
  [['spike', '--rate', '-5'], /^--rate -5: must be a whole number from 1 to 20000$/],
  [['spike', '--rate', '20001'], /^--rate 20001: must be/],
  [['soak', '--duration', '7h'], /^--duration 7h: must be 3s to 21600s, as 30, 30s or 5m$/],
  [['soak', '--duration', '10ms'], /^--duration 10ms: must be/],
  [['pause', '--units', '5'], /^--units: pause puts as many units on sale as its buyers take$/],
  [['spike', '--rate', '20000', '--duration', '1m'], /^1200010 buyers are more than one run signs in \(200000\)/],
  [
    ['sold-out', '--rate', '10', '--duration', '3'],
    /^sold-out: this many buyers cannot be sure to take 50 units: at most 20 /,
  ],
])('%j is refused in one line', (args, line) => {
  const reading = () => readArguments(args)
  expect(reading).toThrow(line)
  expect(reading).toThrow(/^[^\n]+$/)
})
