export function inWords(milliseconds: number): string;
