import type { AcquireOptions, Locks } from './locks.ts'

type AsyncMethod<This, Args extends unknown[], T> = (this: This, ...args: Args) => Promise<T>

/** Takes the first arguments of the function whose lock it names. */
type NameOf = (...args: any[]) => string

type Wrap<F extends NameOf> = <This, Args extends [...Parameters<F>, ...unknown[]], T>(
  method: AsyncMethod<This, Args, T>,
  context?: ClassMethodDecoratorContext<This, AsyncMethod<This, Args, T>>,
) => AsyncMethod<This, Args, T>

/**
 * Wraps an async function or, as a decorator, a method: each call holds the lock that `nameOf` gives for its arguments.
 * Work that needs the fence or the signal calls `locks.using` itself.
 */
export function locked<F extends NameOf>(locks: Locks, nameOf: F, options: AcquireOptions): Wrap<F> {
  return (method) =>
    function (...args) {
      return locks.using(nameOf(...args), options, () => method.apply(this, args))
    }
}

/** `const Locked = lockedBy(locks, { leaseMs })`, then ``@Locked((item: Item) => `item:${item.id}`)`` on methods. */
export function lockedBy(locks: Locks, options: AcquireOptions): <F extends NameOf>(nameOf: F) => Wrap<F> {
  return (nameOf) => locked(locks, nameOf, options)
}
