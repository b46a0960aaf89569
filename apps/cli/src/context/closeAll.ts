/** Closes what was opened, newest first, and empties the list. Everything is closed even when something fails: the first failure is thrown at the end. */
export async function closeAll(closers: (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = []
  for (let close = closers.pop(); close; close = closers.pop()) await close().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}
