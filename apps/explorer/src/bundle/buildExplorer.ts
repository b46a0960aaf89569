import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A file of the page as it is served. */
export type Asset = { body: string; contentType: string }

const app = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'app')

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OpenLedger</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/main.css">
<script type="module" src="/main.js"></script>
</head>
<body></body>
</html>
`

/** Bundles the page: path to file, `/` among them. Nothing is fetched from elsewhere; takes well under a second. */
export async function buildExplorer(): Promise<Map<string, Asset>> {
  const { outputFiles } = await build({
    entryPoints: [path.join(app, 'main.tsx'), path.join(app, 'style.css')],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    outdir: '/',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'silent',
  })
  const assets = new Map<string, Asset>([['/', { body: page, contentType: 'text/html; charset=utf-8' }]])
  for (const file of outputFiles) {
    const css = file.path.endsWith('.css')
    assets.set(css ? '/main.css' : '/main.js', { body: file.text, contentType: css ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8' })
  }
  return assets
}
