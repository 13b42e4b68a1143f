import type { Held } from './held-lease.ts'
import type { Leasing, WaitOptions } from './leasing.ts'

type AsyncMethod<This, Args extends unknown[], T> = (this: This, ...args: Args) => Promise<T>

/** Takes the first arguments of the function whose lock it names. */
type NameOf<Name> = (...args: any[]) => Name

type Wrap<F extends NameOf<unknown>> = <This, Args extends [...Parameters<F>, ...unknown[]], T>(
  method: AsyncMethod<This, Args, T>,
  context?: ClassMethodDecoratorContext<This, AsyncMethod<This, Args, T>>,
) => AsyncMethod<This, Args, T>

/** Locks of any kind: one, several at once, over many masters, or a semaphore. */
type AnyLocks<Name, Options extends WaitOptions> = Pick<Leasing<Name, Options, Held>, 'using'>

/**
 * Wraps an async function or, as a decorator, a method: each call holds the lock that `nameOf` gives for its arguments.
 * Work that needs the fence or the signal calls `locks.using` itself.
 */
export function locked<Name, Options extends WaitOptions, F extends NameOf<Name>>(
  locks: AnyLocks<Name, Options>,
  nameOf: F,
  options: Options,
): Wrap<F> {
  return (method) =>
    function (...args) {
      return locks.using(nameOf(...args), options, () => method.apply(this, args))
    }
}

/** `const Locked = lockedBy(locks, { leaseMs })`, then ``@Locked((item: Item) => `item:${item.id}`)`` on methods. */
export function lockedBy<Name, Options extends WaitOptions>(
  locks: AnyLocks<Name, Options>,
  options: Options,
): <F extends NameOf<Name>>(nameOf: F) => Wrap<F> {
  return (nameOf) => locked(locks, nameOf, options)
}
