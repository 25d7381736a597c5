/** What each host interface is for, by package and interface name without the version. */
const PURPOSES: Readonly<Record<string, string>> = {
  approval: 'asks you to approve something',
  capsule: 'talks to other capsules',
  elicit: 'asks you for input',
  fs: 'reads and writes files it is allowed to see',
  guest: 'answers calls',
  http: 'makes web requests to allowed hosts',
  identity: 'looks up who it works for',
  io: 'waits for and moves data in streams',
  ipc: 'publishes and receives messages on the bus',
  kv: 'keeps its own values between calls',
  net: 'opens network connections',
  process: 'starts programs on this machine, in the sandbox',
  sys: 'reads the time, random numbers and its settings, and writes its log',
  types: 'shares type definitions',
  uplink: 'connects to a chat or another front end',
};

/** An imported interface in plain words; an unknown one is called that. */
export function formatImport(name: string): string {
  const [packageName = ''] = name.split('@');
  const [, path = packageName] = packageName.split(':');
  const [first = ''] = path.split('/');
  return PURPOSES[first] ?? (name.startsWith('astrid:') ? 'an interface this version has no words for' : '');
}
