export const PROGRAM: string;
export function faultsOf(command: string, args: readonly string[], mapFile?: string): string[];
