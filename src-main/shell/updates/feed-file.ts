import { join } from 'node:path';
import * as z from 'zod/mini';
import { readJsonRecord } from '../../base/json-record.ts';
import { writeFileAtomically } from '../../store/atomic-file.ts';
import { readOptionalFile } from '../../store/optional-file.ts';
import { removeFile } from '../../store/small-file.ts';
import { FEED_FILE, MAX_FEED_FILE_CHARACTERS } from './constants.ts';
import { parseFeed } from './feed.ts';

/** The configured feed, or null with the reason, which is empty when none is configured. */
export type StoredFeed =
  { readonly feed: string; readonly reason: '' } | { readonly feed: null; readonly reason: string };

const feedFile = z.object({ feed: z.string() });

/** Reads the feed of a data folder. Never rejects: a damaged or unsafe file means that updates are off. */
export async function readFeed(dataDir: string): Promise<StoredFeed> {
  const path = join(dataDir, FEED_FILE);
  let text: string | null;
  try {
    text = await readOptionalFile(path);
  } catch (error) {
    return { feed: null, reason: `${path} cannot be read: ${wordsOf(error)}` };
  }
  if (text === null) {
    return { feed: null, reason: '' };
  }
  try {
    return { feed: feedIn(text), reason: '' };
  } catch (error) {
    return { feed: null, reason: `${path} is invalid and was ignored: ${wordsOf(error)}` };
  }
}

/** Stores the feed, or removes it with null; `feed` has passed `parseFeed`. */
export async function writeFeed(dataDir: string, feed: string | null): Promise<void> {
  const path = join(dataDir, FEED_FILE);
  if (feed === null) {
    removeFile(path);
  } else {
    await writeFileAtomically(path, `${JSON.stringify({ feed })}\n`);
  }
}

/** @param text of the file; throws when it is anything but one object with a valid `feed` */
export function feedIn(text: string): string {
  if (text.length > MAX_FEED_FILE_CHARACTERS) {
    throw new Error('The file is too large.');
  }
  const content = readJsonRecord('It', text, feedFile);
  if (!content.ok) {
    throw new Error(content.problem, { cause: content.cause });
  }
  return parseFeed(content.value.feed);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
