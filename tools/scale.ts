/**
 * Writes docs/scale.md: what the network needs as it grows, from measured figures and named assumptions.
 * With --check it writes nothing, compares, and exits with 1 when the committed page is stale.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { scalePage } from './scale/scalePage.ts'

const file = 'docs/scale.md'
const text = scalePage()
if (!process.argv.includes('--check')) {
  writeFileSync(file, text)
  console.log(`wrote ${file}`)
} else if (existsSync(file) && readFileSync(file, 'utf8') === text) console.log('checked the plan for growth against its figures: up to date')
else {
  console.error(`${file} is stale: run \`npm run scale\` and commit the result`)
  process.exit(1)
}
