/** Resolves with true when Enter is pressed, and with false when the signal is aborted. Without a terminal it waits for the signal alone. */
export function untilEnter(signal: AbortSignal, input: NodeJS.ReadStream = process.stdin): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isEnter: boolean) => {
      input.off('data', pressed)
      signal.removeEventListener('abort', aborted)
      input.pause()
      resolve(isEnter)
    }
    const pressed = () => settle(true)
    const aborted = () => settle(false)
    if (signal.aborted) return settle(false)
    signal.addEventListener('abort', aborted)
    if (!input.isTTY) return undefined
    // Reading in the background of a shell would stop the whole process. With a listener it is only an error of the stream.
    process.on('SIGTTIN', ignore)
    input.on('error', ignore)
    input.on('data', pressed)
    input.resume()
    return undefined
  })
}

function ignore(): void {}
