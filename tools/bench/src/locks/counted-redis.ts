import { Redis } from 'ioredis'

/** A connection that counts what it sends: each command is a round trip. */
export class CountedRedis extends Redis {
  sentCount = 0

  override sendCommand(...args: Parameters<Redis['sendCommand']>): ReturnType<Redis['sendCommand']> {
    this.sentCount += 1
    return super.sendCommand(...args)
  }
}
