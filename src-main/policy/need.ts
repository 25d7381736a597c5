/** A program of this machine that a command leads to. */
export interface Program {
  /** As it is started: it keeps its name. */
  readonly path: string;
  /** Symbolic links followed. */
  readonly real: string;
}

/** What a folder or file is held open by. `path`: where that lay when it was opened, symbolic links followed. */
export interface HeldOpen {
  readonly path: string;
}

/** A folder or file of this machine that programs may see. */
export interface Folder<Held extends HeldOpen = HeldOpen> {
  /** Its name to the programs. */
  readonly path: string;
  readonly access: 'read' | 'write';
  /** What is shown under that name: the very thing that was decided on. */
  readonly held: Held;
}

export interface FlagNeed {
  readonly kind: 'flag';
  readonly capability: 'allow_persistent' | 'uplink' | 'allow_prompt_injection';
}

export interface CommandNeed {
  readonly kind: 'command';
  readonly command: string;
}

export interface SubscribeNeed {
  readonly kind: 'subscribe';
  readonly pattern: string;
}

/** The program that a granted command has led to. */
export interface ProgramNeed extends Program {
  readonly kind: 'program';
  readonly command: string;
  /** False for what a capsule's own programs put into its workspace: there is nothing to hold it to. */
  readonly pinned: boolean;
}

/** A place that an entry of `fs_read` or `fs_write` has led to. */
export interface FolderNeed<Held extends HeldOpen = HeldOpen> extends Folder<Held> {
  readonly kind: 'folder';
  /** As the manifest spells it. */
  readonly entry: string;
  /** False in the principal's home, which is the host's own place. */
  readonly pinned: boolean;
}

/** A part of the principal's home folder that a request names, relative to it. */
export interface HomeNeed {
  readonly kind: 'home';
  readonly path: string;
}

/** The folder that principals share, which nobody has here. */
export interface SharedNeed {
  readonly kind: 'shared';
}

/** Something that a person decides each time. */
export interface ApprovalNeed {
  readonly kind: 'approval';
  readonly question: string;
}

/** What a host function needs for one call, made from its subject. */
export type Need =
  FlagNeed | CommandNeed | SubscribeNeed | ProgramNeed | FolderNeed | HomeNeed | SharedNeed | ApprovalNeed;
