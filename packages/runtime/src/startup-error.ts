/**
 * Something outside of the program is wrong: a setting, a port, a store. The message tells the user what to do, and is shown without a
 * stack.
 */
export class StartupError extends Error {
  override name = 'StartupError'
}
