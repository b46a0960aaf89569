export { FileLock, type Holder } from './FileLock.ts'
export { processStart } from './processStart.ts'
export { writeFileSafely } from './writeFileSafely.ts'
