import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A page of its own origin, with one script. */
export type PageServer = { origin: string; show(script: string): void; close(): Promise<void> }

/** Serves an empty page that loads a script, on a port of its own: to a browser, another site than the node. */
export async function startPageServer(): Promise<PageServer> {
  let body = ''
  const server = createServer((request, response) => {
    const isScript = request.url === '/main.js'
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' }).end(isScript ? body : '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    show: (script) => void (body = script),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
