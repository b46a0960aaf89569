import picocolors from 'picocolors'
import { runProgram } from './program.ts'

const write = (stream: NodeJS.WriteStream) => (text: string): void => void stream.write(text)

// A reader that has seen enough closes the pipe: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

const code = await runProgram(process.argv.slice(2), {
  stdout: write(process.stdout),
  stderr: write(process.stderr),
  isTerminal: process.stderr.isTTY === true,
  isColored: picocolors.isColorSupported,
})
if (code !== 0) process.exitCode = code
