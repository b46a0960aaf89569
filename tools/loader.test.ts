import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const loader = pathToFileURL(fileURLToPath(new URL('../bin/loader.mjs', import.meta.url))).href

it('loads TypeScript without naming each function that is made, and leaves classes, functions and places of errors as they are', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'loader-'))
  try {
    const file = path.join(folder, 'program.mts')
    await writeFile(
      file,
      `type Made = () => number
class Named { readonly one: number = 1 }
function plain(): Made { const made: Made = () => 2; return made }
let place = ''
try { throw new Error('here') } catch (error) { place = String((error as Error).stack?.split('\\n')[1]) }
console.log(JSON.stringify([Named.name, plain.name, plain().name, place]))
`,
    )
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', loader, file])
    const [named, plain, made, place] = JSON.parse(stdout) as string[]
    // Were the last one "made", tsx would have written its naming in another way than the loader knows.
    expect([named, plain, made]).toEqual(['Named', 'plain', ''])
    expect(place).toContain('program.mts:5:13')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
