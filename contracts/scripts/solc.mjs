#!/usr/bin/env node
// The pinned npm solc as the executable that forge expects: `--version`, and `--standard-json` on standard input.
// Like the real one it reads an import that it was not given from the base path.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const solc = createRequire(import.meta.url)('solc')
const option = (name) => process.argv[process.argv.indexOf(name) + 1]
const base = process.argv.includes('--base-path') ? option('--base-path') : process.cwd()

function readImport(path) {
  try {
    return { contents: readFileSync(resolve(base, path), 'utf8') }
  } catch (error) {
    return { error: error.message }
  }
}

if (process.argv.includes('--version')) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`)
} else if (process.argv.includes('--standard-json')) {
  process.stdout.write(solc.compile(readFileSync(0, 'utf8'), { import: readImport }))
} else {
  console.error('solc.mjs answers --version and --standard-json')
  process.exit(2)
}
