// k6 has a console, but @types/k6 does not declare it.
declare const console: { error(line: string): void }

const linesOfVuMax = 2
let lineCount = 0

/** Prints a fault on k6's stderr. Each VU prints only its first lines, since thousands would be the same. */
export function complain(line: string): void {
  lineCount += 1
  if (lineCount <= linesOfVuMax) console.error(line)
}
