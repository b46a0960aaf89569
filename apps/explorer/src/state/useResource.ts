import { useEffect, useState } from 'preact/hooks'
import { getJson } from './api.ts'
import { version } from './live.ts'

export type Resource<T> = { value: T | null; error: string | null }

/** Reads a path of the API and reads it again whenever the ledger changes. Old values stay on screen while new ones come. */
export function useResource<T>(path: string): Resource<T> {
  const [resource, setResource] = useState<Resource<T> & { path: string }>({ value: null, error: null, path })
  const seen = version.value
  useEffect(() => {
    let current = true
    getJson<T>(path).then(
      (value) => current && setResource({ value, error: null, path }),
      (error: Error) => current && setResource((old) => ({ value: old.path === path ? old.value : null, error: error.message, path })),
    )
    return () => {
      current = false
    }
  }, [path, seen])
  return resource.path === path ? resource : { value: null, error: null }
}
