/**
 * Something outside the program is wrong and the reader can mend it: a setting, a port, a store. Its message is written for
 * that reader, and is shown without a stack.
 */
export class StartupError extends Error {
  override name = 'StartupError'
}
