/** Compiles the contracts with their tests, which takes one core for minutes, so that the tests find everything compiled. */
import { forgePath, warningsOfForge } from './forge.ts'

const forge = forgePath()
// Without forge the tests say what is missing.
const { status, output } = forge === null ? { status: 0, output: '' } : warningsOfForge(forge, ['build'])
if (status !== 0) console.error(output)
process.exit(status)
