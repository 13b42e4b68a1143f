// k6 has one, and @types/k6 does not say so.
declare const console: { error(line: string): void }

const linesOfVuMax = 2
let lineCount = 0

/** Shows what went wrong on k6's stderr: the first lines of each VU, since thousands would say the same. */
export function complain(line: string): void {
  lineCount += 1
  if (lineCount <= linesOfVuMax) console.error(line)
}
