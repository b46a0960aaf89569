import type { LibraryHandle } from 'koffi'

/** An address in native memory; 0n is NULL. */
export type Pointer = bigint

/** What a bound C function takes: addresses, numbers, text, typed arrays, or null for NULL. */
export type NativeArgument = Pointer | number | boolean | string | null | ArrayBufferView | object

/** A bound C function; the caller knows what it returns and asks for it by the type parameter. */
export type NativeFunction = <Result = void>(...args: NativeArgument[]) => Result

/**
 * Binds every C declaration of a table.
 * @param library the loaded shared library, which must stay loaded as long as the functions are used
 */
export function bindFunctions<Table extends Record<string, string>>(library: LibraryHandle, table: Table): { [Name in keyof Table]: NativeFunction } {
  const bound: Partial<Record<string, NativeFunction>> = {}
  for (const [name, declaration] of Object.entries(table)) bound[name] = library.func(declaration) as NativeFunction
  return bound as { [Name in keyof Table]: NativeFunction }
}
