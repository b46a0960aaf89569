import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../forge.ts'

/** The committed gas figures, by group and name. */
export function committedGas(): Record<string, Record<string, string>> {
  const folder = join(repositoryRoot, 'contracts/gas')
  return Object.fromEntries(readdirSync(folder).map((file) => [file.replace(/\.json$/, ''), JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, string>]))
}
