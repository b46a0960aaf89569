/** The folder of the whole repository. */
export declare const repositoryRoot: string;
/** Where the forge binary lies; null on a platform for which npm brought none. */
export declare function forgePath(): string | null;
/**
 * Runs forge over the contracts, offline, with the npm solc.
 * @param forge the binary's path
 * @param options its command line after `forge`
 * @param environment more environment variables
 * @returns its exit status and its standard output, which is also shown
 */
export declare function runForge(forge: string, options: readonly string[], environment?: Record<string, string>): {
    status: number;
    output: string;
};
/** What forge says on its standard output, which is not shown. */
export declare function askForge(forge: string, options: readonly string[]): string;
