import { readFileSync } from 'node:fs'

export type Unit = { name: string; path: string; owns: string; browserSafe?: boolean; mayImport: string[] }

/** The table of units and borders. */
export function readUnits(): Unit[] {
  return (JSON.parse(readFileSync('units.json', 'utf8')) as { units: Unit[] }).units
}
