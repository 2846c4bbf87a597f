import { execFileSync } from 'node:child_process';
import { needDebianPackages, PackageFiles } from '../cluster/debian';

/** The same options as in lib/gitlab/config/loader/yaml.rb of github.com/gitlabhq/gitlabhq. */
const READ = `
require 'yaml'
require 'json'
texts = JSON.parse(STDIN.read)
puts JSON.generate(texts.map { |text| YAML.safe_load(text, permitted_classes: [Symbol], aliases: true) })
`;

export const RUBY: PackageFiles = { ruby: '/usr/bin/ruby' };

/** Installs Ruby if it is missing. */
export function prepareRuby(): void {
  needDebianPackages(RUBY);
}

/**
 * The values that GitLab's YAML reader, Ruby's Psych, reads from texts.
 */
export function psych(texts: readonly string[]): unknown[] {
  return JSON.parse(execFileSync(RUBY.ruby!, ['-e', READ], { input: JSON.stringify(texts), maxBuffer: 1e8, encoding: 'utf8' })) as unknown[];
}
