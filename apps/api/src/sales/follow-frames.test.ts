import { expect, test } from 'vitest'
import { followFrames } from './follow-frames.ts'
import type { SalesFrame } from './sales-news.ts'

function frameOf(name: string): SalesFrame {
  return { changes: Buffer.from(`changes ${name}`), whole: () => Buffer.from(`whole ${name}`) }
}

/** A listener whose room the test gives, and what it took. */
function slowListener() {
  const taken: string[] = []
  const waiting: (() => void)[] = []
  let hasRoom = true
  const listeners: ((frame: SalesFrame) => void)[] = []
  followFrames(
    {
      offer(event) {
        if (hasRoom) taken.push(event.toString())
        return hasRoom
      },
      whenTaken: (act) => void waiting.push(act),
    },
    (listener) => {
      listeners.push(listener)
      return () => undefined
    },
  )
  return {
    taken,
    tell: (name: string) => {
      for (const listener of listeners) listener(frameOf(name))
    },
    setRoom: (has: boolean) => {
      hasRoom = has
      if (has) for (const act of waiting.splice(0)) act()
    },
  }
}

test('a listener that was too slow for the last news gets everything once it has room, though no other news follows', () => {
  const { taken, tell, setRoom } = slowListener()
  tell('stock')
  setRoom(false)
  tell('sold out')
  setRoom(true)
  expect(taken).toEqual(['changes stock', 'whole sold out'])
  tell('restock')
  expect(taken.at(-1)).toBe('changes restock')
})

test('a listener that missed several frames gets the newest, once', () => {
  const { taken, tell, setRoom } = slowListener()
  setRoom(false)
  for (const name of ['a', 'b', 'c']) tell(name)
  setRoom(true)
  expect(taken).toEqual(['whole c'])
})
