#!/usr/bin/env node
// Starts the command line from source: registers the TypeScript loader, then runs apps/cli.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`OpenLedger needs Node.js 20.19 or newer; this is ${process.versions.node}. Install a newer Node.js and try again.`)
  process.exit(1)
}
await import('./loader.mjs')
await import('../apps/cli/src/main.ts')
