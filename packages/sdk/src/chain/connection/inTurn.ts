const lastTask = new WeakMap<object, Promise<unknown>>()

/** Runs a task after all earlier tasks of the same key have ended, whether they failed or not. */
export function inTurn<T>(key: object, task: () => Promise<T>): Promise<T> {
  const before = lastTask.get(key) ?? Promise.resolve()
  const run = before.then(task, task)
  lastTask.set(key, run.catch(() => undefined))
  return run
}
