import { Option, type Command } from 'commander'
import { decimalNumber, wholeNumber } from './optionValues.ts'

/** The recipe's fields that have an option. */
export type RecipeOptions = { recipe?: string; epochs?: number; steps?: number; rank?: number; alpha?: number; learningRate?: number; batchSize?: number; maxLength?: number; seed?: number; precision?: 'f32' | 'bf16' }

const fields = ['epochs', 'steps', 'rank', 'alpha', 'learningRate', 'batchSize', 'maxLength', 'seed', 'precision'] as const

/** Adds the options by which a recipe differs from the default. */
export function recipeOptions(command: Command): Command {
  return command
    .option('--epochs <n>', 'passes over the records', wholeNumber(1))
    .option('--steps <n>', 'steps, in the place of --epochs', wholeNumber(1))
    .option('--rank <n>', 'rank of the adapter', wholeNumber(1))
    .option('--alpha <x>', 'scale of the adapter, times its rank', decimalNumber)
    .option('--learning-rate <x>', 'highest learning rate', decimalNumber)
    .option('--batch-size <n>', 'records in a step', wholeNumber(1))
    .option('--max-length <n>', 'longest record in tokens', wholeNumber(1))
    .option('--seed <n>', 'seed of order and weights', wholeNumber())
    .addOption(new Option('--precision <name>', 'numbers of the frozen weights').choices(['f32', 'bf16']))
    .option('--recipe <file>', 'a JSON file with any fields of the recipe; options go before it')
}

/** The fields of the recipe that were given, those of the file included. Throws InputError BAD_RECIPE_FILE. */
export async function recipeOf(options: RecipeOptions): Promise<Record<string, string | number>> {
  const given = Object.fromEntries(fields.flatMap((field) => (options[field] === undefined ? [] : [[field, options[field]]])))
  if (options.recipe === undefined) return given
  const { readFile } = await import('node:fs/promises')
  const { fail } = await import('@openledger/protocol')
  try {
    const file = JSON.parse(await readFile(options.recipe, 'utf8')) as Record<string, string | number>
    return { ...file, ...given }
  } catch (cause) {
    return fail('BAD_RECIPE_FILE', `${options.recipe} holds no JSON object`, { cause, field: '--recipe', fix: 'write a file such as {"epochs": 40, "rank": 8}' })
  }
}
