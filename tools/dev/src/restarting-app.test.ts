import { EventEmitter, once } from 'node:events'
import type { App } from '@flash-sale/local-stack/apps/start-app'
import { expect, test, vi } from 'vitest'
import { keepRestarting } from './restarting-app.ts'

/** Apps that note, in order, what is done with them; `crash` ends the latest. */
function stage() {
  const events: string[] = []
  const ends: EventEmitter[] = []
  const start = async (): Promise<App> => {
    const end = new EventEmitter()
    const name = `app ${ends.push(end)}`
    events.push(`${name} starts`)
    const exited = once(end, 'end').then(() => ({ code: 1, signal: null }))
    const stop = async () => {
      events.push(`${name} stops`)
      end.emit('end')
      await exited
    }
    return { url: '', pid: 0, exited, kill: () => undefined, stop }
  }
  return { events, start, crash: () => ends.at(-1)?.emit('end') }
}

test('the one before has stopped when the next starts', async () => {
  const { events, start } = stage()
  const app = keepRestarting({ first: await start(), start, onStarted: () => undefined, onDown: () => undefined })
  await app.restart()
  await app.stop()
  expect(events).toEqual(['app 1 starts', 'app 1 stops', 'app 2 starts', 'app 2 stops'])
})

test('however many changes come during a restart, one more follows', async () => {
  const { events, start } = stage()
  const app = keepRestarting({ first: await start(), start, onStarted: () => undefined, onDown: () => undefined })
  await Promise.all([app.restart(), app.restart(), app.restart()])
  expect(events.filter((event) => event.endsWith('starts'))).toHaveLength(3)
  await app.stop()
})

test('one that does not start, or ends by itself, is reported once and starts with the next change', async () => {
  const { start, crash } = stage()
  const startOrFail = vi.fn(start).mockRejectedValueOnce(new Error('it is broken'))
  const downs: string[] = []
  const app = keepRestarting({
    first: await start(),
    start: startOrFail,
    onStarted: () => undefined,
    onDown: (why) => downs.push(why),
  })
  await app.restart()
  expect(downs).toEqual(['it is broken'])
  await app.restart()
  crash()
  await vi.waitFor(() => expect(downs).toEqual(['it is broken', 'it ended by itself (exit code 1)']), {
    timeout: 20_000,
  })
  await app.stop()
})
