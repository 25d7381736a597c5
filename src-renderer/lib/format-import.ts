/** What each host interface is for, by package and interface name without the version. */
const PURPOSES: Readonly<Record<string, string>> = {
  approval: 'asks for your approval',
  capsule: 'communicates with other capsules',
  elicit: 'asks you for input',
  fs: 'reads and writes granted files',
  guest: 'handles calls',
  http: 'makes HTTP requests to granted hosts',
  identity: 'looks up user identities',
  io: 'reads, writes and waits on streams',
  ipc: 'publishes and receives messages on the bus',
  kv: 'stores its own data between calls',
  net: 'opens network connections',
  process: 'starts programs on this machine, in the sandbox',
  sys: 'reads the time, random numbers and its settings; writes its log',
  types: 'shares type definitions',
  uplink: 'connects to a chat or other front end',
};

/** What an imported interface is for, in plain English. */
export function formatImport(name: string): string {
  const [packageName = ''] = name.split('@');
  const [, path = packageName] = packageName.split(':');
  const [first = ''] = path.split('/');
  return PURPOSES[first] ?? (name.startsWith('astrid:') ? 'unknown to this version' : '');
}
