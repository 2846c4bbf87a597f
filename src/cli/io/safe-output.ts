import { ERASE, fitted } from './live-line';
import { escapeControls, printable } from '../../base/printable';
import { maskTexts, secrets } from '../../base/secrets';
import type { Output } from '../base/host';

/**
 * Standard output or standard error of a command. Secrets are masked in all that it writes, and nothing in it can control a terminal or
 * begin a section of a GitLab log. Its last line may be one that changes: each other text erases it first.
 */
export class SafeOutput implements Output {
  public hasLiveLine = false;

  public constructor(private readonly output: Output) {}

  public get isTTY(): boolean | undefined {
    return this.output.isTTY;
  }

  public get columns(): number | undefined {
    return this.output.columns;
  }

  /**
   * Writes a text for people. It may contain names and messages of others.
   */
  public write(text: string): void {
    this.raw(escapeControls(secrets.mask(text)));
  }

  /**
   * Writes a value as JSON, for programs. A mask of the JSON text could break its structure, so each text in it is masked.
   */
  public json(value: unknown): void {
    this.raw(jsonText(value));
  }

  /**
   * Writes a text as it is: the data that the user asked for, such as a kubeconfig or a manifest, or control sequences of this command.
   * Texts of others must be masked and escaped before.
   */
  public raw(text: string): void {
    this.endLiveLine();
    this.output.write(text);
  }

  /**
   * Shows a line that changes, in place of the previous one.
   */
  public showLiveLine(line: string): void {
    this.output.write(`${ERASE}${fitted(printable(secrets.mask(line)), this.output)}`);
    this.hasLiveLine = true;
  }

  public endLiveLine(): void {
    if (this.hasLiveLine) this.output.write(ERASE);
    this.hasLiveLine = false;
  }
}

/**
 * A value as indented JSON in ASCII. Secrets are masked in its texts.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, maskTexts, 2);
  // A terminal may show the text: no character may control it.
  return `${text.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
