import path from 'node:path'
import ts from 'typescript'
import { findCycles } from './cycles.ts'
import type { CheckResult, SourceFile } from './finding.ts'
import type { Unit } from './units.ts'

const nodeModule = /^node:/

/** The folder directly under a unit's src that a file is in; files in src itself are their own place. */
function placeOf(unit: Unit, file: string): string {
  const parts = file.slice(unit.path.length + 1).split('/')
  return parts.length > 2 ? `${unit.path}/${parts[1]}` : file
}

/**
 * Checks every import of every unit: only the units that units.json allows, by package name and never by a deep or relative path;
 * no Node module in browser-safe units; no cycle between units or between the folders inside one.
 * Tests may import Node modules anywhere.
 */
export function checkBorders(units: readonly Unit[], files: readonly SourceFile[]): CheckResult {
  const violations: string[] = []
  const unitEdges = new Map<string, Set<string>>()
  const folderEdges = new Map<string, Set<string>>()
  const link = (edges: Map<string, Set<string>>, from: string, to: string): void => {
    if (from !== to) edges.set(from, (edges.get(from) ?? new Set()).add(to))
  }
  let checked = 0
  for (const file of files) {
    const unit = units.find((u) => file.path.startsWith(`${u.path}/src/`))
    if (!unit) continue
    const isTest = /\.test\.tsx?$/.test(file.path) || file.path.includes('/testing/')
    for (const { fileName: target } of ts.preProcessFile(file.text, true, true).importedFiles) {
      checked++
      if (target.startsWith('.')) {
        const resolved = path.posix.normalize(path.posix.join(path.posix.dirname(file.path), target))
        if (!resolved.startsWith(`${unit.path}/`)) violations.push(`${file.path}: "${target}" leaves the unit; import by package name`)
        else if (!isTest && resolved.startsWith(`${unit.path}/src/`)) link(folderEdges, placeOf(unit, file.path), placeOf(unit, resolved))
        continue
      }
      if (nodeModule.test(target) && unit.browserSafe && !isTest && !/\/bundle\//.test(file.path)) {
        violations.push(`${file.path}: "${target}" in a browser-safe unit`)
      }
      const imported = units.find((u) => target === u.name || target.startsWith(`${u.name}/`))
      if (!imported || imported === unit) continue
      if (!unit.mayImport.includes('*') && !unit.mayImport.includes(imported.name)) {
        violations.push(`${file.path}: ${unit.name} may not import ${imported.name}`)
      }
      link(unitEdges, unit.name, imported.name)
    }
  }
  for (const cycle of [...findCycles(unitEdges), ...findCycles(folderEdges)]) violations.push(`cycle: ${cycle.join(' -> ')}`)
  return { checked, what: 'imports', violations }
}
