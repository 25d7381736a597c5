#!/usr/bin/env node
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

// What electron-builder asks of fpm for a .deb, done with dpkg-deb: for machines that cannot download fpm.
// The options are fpm's own; one that is not listed here is refused, so that nothing is lost in silence.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    s: { type: 'string', short: 's' },
    t: { type: 'string', short: 't' },
    d: { type: 'string', short: 'd', multiple: true, default: [] },
    force: { type: 'boolean' },
    architecture: { type: 'string', default: 'all' },
    'after-install': { type: 'string' },
    'after-remove': { type: 'string' },
    description: { type: 'string', default: '' },
    version: { type: 'string', default: '' },
    package: { type: 'string', default: '' },
    name: { type: 'string', default: '' },
    maintainer: { type: 'string', default: '' },
    vendor: { type: 'string' },
    url: { type: 'string', default: '' },
    license: { type: 'string' },
    category: { type: 'string', default: 'misc' },
    'deb-priority': { type: 'string', default: 'optional' },
    'deb-recommends': { type: 'string', multiple: true, default: [] },
    'deb-compression': { type: 'string', default: 'xz' },
  },
});
if (values.s !== 'dir' || values.t !== 'deb') {
  throw new Error(`this stand-in makes deb packages from folders, not ${values.t} from ${values.s}`);
}

const tree = mkdtempSync(path.join(tmpdir(), 'deb-'));
try {
  chmodSync(tree, 0o755);
  positionals.forEach((mapping) => place(mapping));
  const control = path.join(tree, 'DEBIAN');
  const size = installedKiB(tree);
  mkdirSync(control);
  writeFileSync(path.join(control, 'control'), controlFile(size));
  script(control, 'postinst', values['after-install']);
  script(control, 'postrm', values['after-remove']);
  execFileSync('dpkg-deb', [
    '--root-owner-group',
    ...compression(values['deb-compression']),
    '--build',
    tree,
    values.package,
  ]);
} finally {
  rmSync(tree, { recursive: true, force: true });
}

/** What ships is compressed with xz; who asks for gz wants it fast. */
function compression(/** @type {string} */ name) {
  return name === 'gz' ? ['-Zgzip', '-z1'] : [`-Z${name}`];
}

/** `SOURCE=TARGET`; a source that ends in `/` means what is in that folder. */
function place(/** @type {string} */ mapping) {
  const at = mapping.indexOf('=/');
  const source = mapping.slice(0, at);
  const target = path.join(tree, mapping.slice(at + 1));
  mkdirSync(path.dirname(target), { recursive: true });
  cpSync(source, target, { recursive: true, verbatimSymlinks: true });
  readable(target);
}

/** Whoever built it may have had a strict umask. */
function readable(/** @type {string} */ entry) {
  const stat = statSync(entry);
  if (stat.isDirectory()) {
    chmodSync(entry, 0o755);
    readdirSync(entry).forEach((name) => readable(path.join(entry, name)));
  } else {
    chmodSync(entry, stat.mode & 0o111 ? 0o755 : 0o644);
  }
}

function controlFile(/** @type {number} */ size) {
  // A description's first line is its summary; the lines below it begin with a space.
  const [summary = '', ...rest] = values.description.split('\n').map((line) => line.trim());
  return [
    `Package: ${values.name}`,
    `Version: ${values.version}`,
    `Architecture: ${values.architecture}`,
    `Maintainer: ${values.maintainer}`,
    `Installed-Size: ${size}`,
    `Depends: ${values.d.join(', ')}`,
    ...(values['deb-recommends'].length > 0 ? [`Recommends: ${values['deb-recommends'].join(', ')}`] : []),
    `Section: ${values.category}`,
    `Priority: ${values['deb-priority']}`,
    `Homepage: ${values.url}`,
    `Description: ${summary}`,
    ...rest.filter(Boolean).map((line) => ` ${line}`),
    '',
  ].join('\n');
}

function installedKiB(/** @type {string} */ folder) {
  return Number(execFileSync('du', ['-sk', '--apparent-size', folder], { encoding: 'utf8' }).split('\t')[0]);
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string | undefined} source
 */
function script(folder, name, source) {
  if (source !== undefined) {
    cpSync(source, path.join(folder, name));
    chmodSync(path.join(folder, name), 0o755);
  }
}
