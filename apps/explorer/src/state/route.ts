import { signal } from '@preact/signals'

/** The page's place, as path parts after `#/`. */
export const route = signal<string[]>([])

function read(): void {
  route.value = location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decodeURIComponent)
}

/** Follows the address bar. */
export function followAddress(): void {
  read()
  addEventListener('hashchange', read)
}
