/** Calls a node's API as a program would; throws on anything but a success. */
export class Api {
  readonly url: string
  readonly #token: string | undefined

  constructor(url: string, token?: string) {
    this.url = url
    this.#token = token
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ status: number; body: never }> {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}), 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: (text.startsWith('{') || text.startsWith('[') || text === 'null' ? JSON.parse(text) : text) as never }
  }

  async get<T>(path: string, headers?: Record<string, string>): Promise<T> {
    return this.#good(await this.call('GET', path, undefined, headers))
  }

  async post<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<T> {
    return this.#good(await this.call('POST', path, body, headers))
  }

  #good<T>({ status, body }: { status: number; body: never }): T {
    if (status >= 400) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body as T
  }
}
