import { InvalidArgumentError, Option, type Command } from 'commander'
import type { GlobalOptions } from '../context/options.ts'
import type { Output } from '../output/Output.ts'
import { exitCodes } from '../output/exitCode.ts'
import type { UpOptions } from './up.ts'

const whole = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number')
  return Number(text)
}

const words = (text: string): string[] => text.split(',').map((word) => word.trim())

const folderPair = (text: string): { from: string; to: string } => {
  const [, from, to] = /^(.+):(\/.*)$/.exec(text) ?? []
  if (from === undefined || to === undefined) throw new InvalidArgumentError('expected two folders such as ./.openledger:/mnt/openledger')
  return { from, to }
}

/** Resolves when the process is asked to end. */
const untilAsked = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })

/** Adds `openledger up`. @param context gives the global options and the output of this call */
export function registerUp(program: Command, context: (command: Command) => { options: GlobalOptions; output: Output }): void {
  program
    .command('up')
    .description('start chain, node and page on one data folder; a new folder plays the whole loop on a sample datanet first')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port of the node', whole, 7800)
    .option('--hosts <names>', 'more names by which the node may be called, such as that of a proxy before it', words)
    .option('--origins <origins>', 'pages of these origins may call the API from a browser, such as https://app.example (default: the node’s own page alone)', words)
    .option('--rpc <url>', 'a chain that runs elsewhere, in place of the embedded one')
    .addOption(new Option('--database <url>', 'a PostgreSQL database in place of the embedded one: postgres://user@host:5432/name').env('OPENLEDGER_DATABASE'))
    .addOption(new Option('--content <url>', 'a bucket that holds the content, in place of the folder: s3://bucket/prefix (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL_S3)').env('OPENLEDGER_CONTENT'))
    .addOption(new Option('--s3-style <style>', 'where the bucket is named in requests (default: in the path when an endpoint is set, else in the host)').choices(['path', 'host']))
    .option('--chain-port <n>', 'port of the embedded chain (default: that of the last start, else any free one)', whole)
    .option('--threads <n>', 'threads for the engine', whole)
    .option('--device <name>', 'what computes answers: cpu, auto, cuda, vulkan, metal, or one of several such as vulkan:1 (default: cpu)')
    .option('--slots <n>', 'answers computed at once (default: 8)', whole)
    .addOption(new Option('--kv <type>', 'how the attention cache is kept (default: F32, on other devices than the CPU F16)').choices(['F32', 'F16', 'Q8_0']))
    .addOption(new Option('--adapter-type <type>', 'how the first factors of adapters are kept for computing (default: F32)').choices(['F32', 'F16']))
    .option('--adapter-memory <MiB>', 'memory for the adapters that can be computed with at once (default: 1024)', whole)
    .option('--prefix-slots <n>', 'cache slots that keep prefixes of past answers (default: 0)', whole)
    .option('--first-token <ms>', 'refuse, with 429, requests whose first token is expected later (default: never)', whole)
    .option('--model <name>', 'base model: one that was added with openledger models add, or a GGUF file (default: the tiny model of this project)')
    .option('--upstream <url>', 'a vLLM or SGLang server that computes the answers (its token: OPENLEDGER_UPSTREAM_TOKEN)')
    .addOption(new Option('--dialect <name>', 'how that server is spoken to').choices(['vllm', 'sglang']))
    .option('--upstream-model <name>', 'name of the base model on that server (default: the only one)')
    .option('--upstream-paths <from:to>', 'where that server finds what this machine has under a folder (default: at the same path)', folderPair)
    .option('--upstream-adapters <n>', 'adapters that server may hold at once', whole)
    .option('--no-upstream-gradients', 'compute no gradients here: adapters are not served')
    .option('--epoch-seconds <n>', 'pause between settlements; 0 settles on demand alone', whole, 60)
    .option('--dispute-window <n>', 'seconds before an epoch is final, for new contracts', whole, 2)
    .option('--no-answers', 'compute no answers here: only nodes that join with openledger node join do')
    .option('--no-sample', 'do not play the sample loop')
    .option('--sample-file <file>', 'labelled records (JSONL with contributor, prompt, completion) to play the loop on')
    .option('--sample-epochs <n>', 'passes of training over them', whole)
    .option('--exit', 'end when everything is up and the loop is played')
    .addHelpText('after', '\nExamples:\n  openledger up\n  openledger up --data ./ledger --port 8080 --no-sample\n  openledger up --rpc http://127.0.0.1:8545\n  openledger up --upstream http://10.0.0.5:8000 --dialect vllm --model llama.gguf')
    .action(async (own: Omit<UpOptions, keyof GlobalOptions> & { exit?: boolean }, command: Command) => {
      const { options, output } = context(command)
      const { up } = await import('./up.ts')
      const running = await up({ ...options, ...own }, output)
      if (running.verdict !== undefined) output.heading(running.verdict)
      output.line(`page    ${running.url}/#token=${running.operatorToken}`)
      output.line(`API     ${running.url}/v1   key ${running.apiKey}`)
      const { url, earned, verdict, times } = running
      output.result({ url, verdict, earned, times })
      if (verdict !== undefined && verdict !== 'audit: OK') process.exitCode = exitCodes.falseClaim
      if (!own.exit) {
        output.note('Stop with Ctrl-C.')
        await untilAsked()
        output.note('stopping')
      }
      await running.stop()
    })
}
