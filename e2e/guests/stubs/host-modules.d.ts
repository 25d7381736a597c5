/** One function of each host package that no other guest declares. See `capsules/sdk/astrid.d.ts`. */

declare module 'astrid:approval/host@1.0.0' {
  export function requestApproval(request: { action: string; targetResource: string }): unknown;
}
declare module 'astrid:elicit/host@1.0.0' {
  export function hasSecret(key: string): boolean;
}
declare module 'astrid:fs/host@1.0.0' {
  export function fsExists(path: string): boolean;
}
declare module 'astrid:http/host@1.0.0' {
  export function httpRequest(request: {
    url: string;
    method: { tag: 'get' };
    headers: readonly { key: string; value: string }[];
  }): unknown;
}
declare module 'astrid:http/host@1.1.0' {
  export function httpRequest(request: {
    url: string;
    method: { tag: 'get' };
    headers: readonly { key: string; value: string }[];
  }): unknown;
}
declare module 'astrid:identity/host@1.0.0' {
  export function identityListLinks(astridUserId: string): unknown[];
}
declare module 'astrid:ipc/host@1.0.0' {
  export function publish(topic: string, payload: string): void;
}
declare module 'astrid:kv/host@1.0.0' {
  export function kvGet(key: string): Uint8Array | null;
}
declare module 'astrid:net/host@1.0.0' {
  export function lookupHost(host: string): string[];
}
declare module 'astrid:process/host@1.1.0' {
  export function status(id: string): unknown;
}
declare module 'astrid:uplink/host@1.0.0' {
  export function uplinkSend(uplinkId: string, platformUserId: string, content: string): boolean;
}
