import { execFileSync } from 'node:child_process';
import { needDebianPackages, PackageFiles } from '../cluster/debian';

/** As lib/gitlab/config/loader/yaml.rb in github.com/gitlabhq/gitlabhq reads a file. */
const READ = `
require 'yaml'
require 'json'
texts = JSON.parse(STDIN.read)
puts JSON.generate(texts.map { |text| YAML.safe_load(text, permitted_classes: [Symbol], aliases: true) })
`;

export const RUBY: PackageFiles = { ruby: '/usr/bin/ruby' };

/** Installs Ruby where it is missing. */
export function prepareRuby(): void {
  needDebianPackages(RUBY);
}

/**
 * What GitLab's YAML reader, Ruby's Psych, makes of texts.
 */
export function psych(texts: readonly string[]): unknown[] {
  return JSON.parse(execFileSync(RUBY.ruby!, ['-e', READ], { input: JSON.stringify(texts), maxBuffer: 1e8, encoding: 'utf8' })) as unknown[];
}
