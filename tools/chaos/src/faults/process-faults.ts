import { setTimeout as sleep } from 'node:timers/promises'
import { aMoment, atOnce, between, nothingToHeal, type Fault } from './fault.ts'

/** Redis keeps what the processes wrote there. */
const survives = { acceptingApi: false, redisDisk: true }

export const processFaults: readonly Fault[] = [
  {
    name: 'kill-api',
    title: { en: 'an API is killed', zh: '一个 API 进程被杀死' },
    points: ['in the storm', 'after the script ran', 'in a rebuild', 'as a buyer cancels', 'as money comes'],
    survives,
    lengthMs: aMoment,
    async strike({ api }) {
      await api.end('SIGKILL')
      return nothingToHeal
    },
  },
  {
    name: 'stop-api',
    title: { en: 'an API is told to stop', zh: '一个 API 进程收到停止信号' },
    points: ['in the storm', 'after the script ran'],
    survives,
    lengthMs: atOnce,
    async strike({ api }) {
      const stopped = api.end('SIGTERM')
      return async () => {
        const code = await stopped
        if (code !== 0) throw new Error(`${api.name} was told to stop, and ended with ${code ?? 'a signal'}`)
      }
    },
  },
  {
    name: 'pause-api',
    title: { en: 'an API stands still', zh: '一个 API 进程被停住，然后继续' },
    points: ['in the storm', 'after the script ran', 'in a rebuild', 'as a buyer cancels', 'as money comes'],
    survives,
    lengthMs: { min: 500, max: 6_000 },
    async strike({ api }) {
      api.pause()
      return async () => api.resume()
    },
  },
  {
    name: 'kill-worker',
    title: { en: 'a worker is killed', zh: '一个工作进程被杀死' },
    points: ['in the storm', 'before COMMIT', 'after COMMIT', 'with a backlog', 'as orders expire'],
    survives,
    lengthMs: aMoment,
    async strike({ worker }) {
      await worker.end('SIGKILL')
      return nothingToHeal
    },
  },
  {
    name: 'pause-worker',
    title: { en: 'a worker stands still past its leases', zh: '一个工作进程被停住，直到租约过期' },
    points: ['in the storm', 'before COMMIT', 'after COMMIT', 'as orders expire'],
    survives,
    lengthMs: { min: 1_000, max: 7_000 },
    async strike({ worker }) {
      worker.pause()
      return async () => worker.resume()
    },
  },
  {
    name: 'kill-all',
    title: { en: 'all APIs and workers are killed at once', zh: '所有 API 和工作进程同时被杀死' },
    points: [
      'in the storm',
      'after the script ran',
      'after COMMIT',
      'in a rebuild',
      'as a buyer cancels',
      'as orders expire',
      'as money comes',
    ],
    survives,
    lengthMs: aMoment,
    async strike({ town }) {
      await Promise.all(town.processes.map((one) => one.end('SIGKILL')))
      return nothingToHeal
    },
  },
  {
    name: 'rebuild-by-hand',
    title: { en: 'an operator rebuilds the item', zh: '操作员重建商品账本' },
    points: ['in the storm', 'before COMMIT', 'after COMMIT', 'with a backlog'],
    survives: { acceptingApi: true, redisDisk: true },
    lengthMs: atOnce,
    async strike({ town, api, itemId }) {
      const rebuilding = town.operator(api).rebuildItem(itemId)
      return async () => void (await rebuilding)
    },
  },
  {
    name: 'pause-sale',
    title: { en: 'an operator pauses the sale and resumes it', zh: '操作员暂停销售，然后恢复' },
    points: ['in the storm', 'before COMMIT'],
    survives: { acceptingApi: true, redisDisk: true },
    lengthMs: { min: 50, max: 400 },
    async strike({ town, api, saleId }) {
      await town.operator(api).pauseSale(saleId)
      return async () => void (await town.operator(api).resumeSale(saleId))
    },
  },
  {
    name: 'api-clock',
    title: { en: 'the clock of an API is an hour ahead, or behind', zh: '一个 API 的时钟快或慢一小时' },
    points: ['in the storm'],
    survives,
    lengthMs: { min: 1_000, max: 2_000 },
    async strike({ api, random }) {
      const hours = random() < 0.5 ? 1 : -1
      await api.end('SIGKILL')
      await api.start({ NODE_OPTIONS: `--import=${clockModule(hours * hourMs)}` })
      await sleep(between(aMoment, random))
      return async () => void (await api.end('SIGKILL'))
    },
  },
  {
    name: 'step-api-clock',
    title: { en: 'the clock of a running API is stepped by an hour', zh: '运行中的 API 时钟跳变一小时' },
    points: ['in the storm'],
    survives,
    lengthMs: { min: 1_000, max: 2_000 },
    async strike({ api, random }) {
      const hours = random() < 0.5 ? 1 : -1
      await api.end('SIGKILL')
      await api.start({ NODE_OPTIONS: `--import=${clockModule(hours * hourMs, 'when told')}` })
      await sleep(between(aMoment, random))
      api.signal(stepSignal)
      return async () => void (await api.end('SIGKILL'))
    },
  },
]

/** The API stops at the signals that usually end a process. */
const stepSignal = 'SIGURG'

const hourMs = 3_600_000

/** A module that moves the clock of the process that loads it, from the start on or at a signal. */
function clockModule(offsetMs: number, from: 'from the start' | 'when told' = 'from the start'): string {
  const begin = from === 'when told' ? `process.on('${stepSignal}', step)` : 'step()'
  const source = `const now = Date.now
const Clock = Date
let offsetMs = 0
const step = () => void (offsetMs = ${offsetMs})
${begin}
globalThis.Date = class extends Clock {
  constructor(...args) { super(...(args.length === 0 ? [Clock.now()] : args)) }
}
Clock.now = Date.now = () => now() + offsetMs`
  return `data:text/javascript,${encodeURIComponent(source)}`
}
