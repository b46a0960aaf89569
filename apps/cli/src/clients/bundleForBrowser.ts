import { build } from 'esbuild'

/** Bundles a script for browsers, as an application's build would. Fails when something of it needs Node. */
export async function bundleForBrowser(script: string): Promise<string> {
  const { outputFiles, warnings } = await build({ stdin: { contents: script, loader: 'ts', resolveDir: import.meta.dirname }, bundle: true, write: false, minify: true, format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'silent' })
  return warnings.length === 0 ? outputFiles[0]!.text : Promise.reject(new AggregateError(warnings.map(({ text }) => text)))
}
