import type { EventStream } from '../live/event-streams.ts'
import type { SalesFrame } from './sales-news.ts'

/**
 * Gives a listener each frame until the returned function is called. A listener that is too slow misses frames. It gets everything as soon
 * as it has taken what was sent, so it has the last news also if no other follows.
 */
export function followFrames(
  stream: Pick<EventStream, 'offer' | 'whenTaken'>,
  listen: (listener: (frame: SalesFrame) => void) => () => void,
): () => void {
  let missed: SalesFrame | undefined

  function catchUp(): void {
    if (!missed) return
    if (stream.offer(missed.whole())) missed = undefined
    else stream.whenTaken(catchUp)
  }

  return listen((frame) => {
    if (missed) {
      missed = frame
      return
    }
    if (stream.offer(frame.changes)) return
    missed = frame
    stream.whenTaken(catchUp)
  })
}
