import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { BoundedWork } from '@flash-sale/runtime/bounded-work'
import { LRUCache } from 'lru-cache'

/** An answer in the form in which it is sent, made once for all clients. */
export interface KeptAnswer {
  readonly etag: string
  /** JSON. */
  readonly body: Buffer
  /** The body, compressed once, when the first client asks for it. */
  gzipped(): Promise<Buffer>
}

export interface KeptAnswers {
  /**
   * The answer under this key. It is read anew when the kept answer is older than `keptMs`. Each key has one read under way at
   * a time, even if its clients have gone. Undefined if there is no answer; that is not kept.
   */
  get(key: string, read: () => Promise<unknown>): Promise<KeptAnswer | undefined>
}

const keptMsDefault = 333
const bytesMax = 32 * 1024 * 1024
const readWithinMs = 3_000
/** Memory of an entry beside its body and compressed body. */
const bytesBeside = 512
const gzipLevel = 5

/** Keeps answers for `keptMs`. Reading them counts among `reads`. */
export function createKeptAnswers(reads: BoundedWork, keptMs = keptMsDefault): KeptAnswers {
  const kept = new LRUCache<string, { readonly answer: KeptAnswer; readonly freshUntilMs: number }>({
    maxSize: bytesMax,
    sizeCalculation: ({ answer }) => 2 * answer.body.length + bytesBeside,
  })
  const asking = new Map<string, Promise<KeptAnswer | undefined>>()

  async function readAnew(key: string, read: () => Promise<unknown>): Promise<KeptAnswer | undefined> {
    try {
      const made = await reads.run(async () => {
        const value = await read()
        return value === undefined ? undefined : makeAnswer(value)
      })
      if (!made) return undefined
      const before = kept.peek(key)?.answer
      // The same bytes keep their compressed form.
      const answer = before?.etag === made.etag ? before : made
      kept.set(key, { answer, freshUntilMs: performance.now() + keptMs })
      return answer
    } finally {
      asking.delete(key)
    }
  }

  return {
    async get(key, read) {
      const found = kept.get(key)
      if (found && performance.now() < found.freshUntilMs) return found.answer
      let asked = asking.get(key)
      if (!asked) asking.set(key, (asked = readAnew(key, read)))
      return answerWithin(asked, readWithinMs, 'a store')
    },
  }
}

function makeAnswer(value: unknown): KeptAnswer {
  const body = Buffer.from(JSON.stringify(value))
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22)
  let pressed: Promise<Buffer> | undefined
  // Weak, since the compressed form is the same answer in other bytes.
  return { etag: `W/"${hash}"`, body, gzipped: () => (pressed ??= press(body, { level: gzipLevel })) }
}

const press = promisify(gzip)
