import { readFileSync, writeFileSync } from 'node:fs';

// Adds to a lock file the optional packages for other platforms that the registry did not offer when npm
// wrote it. Without them `npm ci` says "Missing: … from lock file". Usage: node complete-lock.mjs package-lock.json
const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const packages = lock.packages;
let added = 0;
for (const [place, entry] of Object.entries({ ...packages })) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const found = resolve(place, name);
    if (found && (found.version === version || !/^\d/.test(version))) continue;
    if (!/^\d+\.\d+\.\d+/.test(version)) {
      process.stderr.write(`${place}: ${name}@${version} is no exact version\n`);
      continue;
    }
    const target = found === undefined ? `node_modules/${name}` : `${place}/node_modules/${name}`;
    packages[target] = { version, ...platform(name), ...(entry.dev ? { dev: true } : {}), optional: true };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added} entries added\n`);

function resolve(/** @type {string} */ place, /** @type {string} */ name) {
  for (
    let at = place;
    ;
    at = at.includes('/node_modules/') ? at.slice(0, at.lastIndexOf('/node_modules/')) : ''
  ) {
    const found = packages[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`];
    if (found || at === '') return found;
  }
}

function platform(/** @type {string} */ name) {
  const os = /(android|darwin|freebsd|openbsd|netbsd|sunos|aix|linux|win32|openharmony)/.exec(name)?.[1];
  const cpu = /(arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64|mips64el|wasm32)/.exec(
    name.replace(/^.*(android|darwin|freebsd|openbsd|netbsd|sunos|aix|linux|win32|openharmony)/, ''),
  )?.[1];
  const libc =
    os === 'linux' ? (/musl/.test(name) ? 'musl' : /gnu/.test(name) ? 'glibc' : undefined) : undefined;
  return { ...(cpu ? { cpu: [cpu] } : {}), ...(libc ? { libc: [libc] } : {}), ...(os ? { os: [os] } : {}) };
}
