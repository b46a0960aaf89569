/** A process that takes and gives back the lock that its parent names, and says how it went. */
import { FileLock } from '../FileLock.ts'

let lock: FileLock | undefined

process.on('message', ({ take }: { take?: string }) => {
  if (take === undefined) {
    lock?.release()
    lock = undefined
    process.send!('released')
    return
  }
  try {
    lock = FileLock.take(take, (holder) => new Error(`held by ${holder?.pid ?? 'somebody'}`))
    process.send!('held')
  } catch (error) {
    process.send!((error as Error).message)
  }
})
process.send!('ready')
