/** Largest `Capsule.toml`. Real ones are under 10 KiB; the reference sets no limit. */
export const MAX_MANIFEST_BYTES = 256 * 1024;

/** Tables and lists in each other; real manifests are under 6, and the reference's own reader takes 80. */
export const MAX_MANIFEST_DEPTH = 64;

/** Warnings of one manifest that are shown, the rest is a number: a person reads no more, and every event carries them. */
export const MAX_WARNINGS = 20;
/** Names of one kind (exports, actions) in a view; real capsules have under 20. */
export const MAX_SHOWN_NAMES = 64;
/** Topics, settings, imports, exports, tables of one kind: real manifests have under 50. */
export const MAX_MANIFEST_ENTRIES = 1_024;
/** Entries of one capability, in all and each: what a person can read before allowing it. Real ones are under 30. */
export const MAX_CAPABILITY_ENTRIES = 64;
export const MAX_CAPABILITY_CHARACTERS = 8 * 1024;
/** The longest are paths; see `MAX_PATH_BYTES`. */
export const MAX_CAPABILITY_ENTRY = 1_024;
/** Bytes of a topic and characters of an action or a setting's key, as the bus and the guest contract bound them. */
export const MAX_TOPIC_BYTES = 256;
export const MAX_MANIFEST_KEY = 256;
/** About a page. */
export const MAX_DESCRIPTION = 2_000;

/** Longest capsule name: it becomes a folder, a log prefix and a table cell. The reference sets no limit. */
export const MAX_NAME_LENGTH = 64;

/** Lowest priority number runs first; the reference's default. */
export const DEFAULT_PRIORITY = 100;
/** A priority is an unsigned 32-bit number in the reference. */
export const MAX_PRIORITY = 2 ** 32 - 1;

/** The reference version whose contract this runtime keeps; `astrid-version` in a manifest is compared with it. */
export const COMPATIBLE_VERSION = '0.10.4';

/** Largest `.capsule` file; the reference's own limit for an install that checks a digest. */
export const MAX_ARCHIVE_BYTES = 64 * 1024 * 1024;
/** Everything in it, unpacked, tar headers included: four times the file, far above real components (1–15 MB). */
export const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;
/** One file: the largest component that is worth compiling on a desktop. */
export const MAX_FILE_BYTES = 128 * 1024 * 1024;
/** Files and folders together. */
export const MAX_ENTRIES = 4_096;
/** One extended header of a tar entry (long names, attributes of other systems); node-tar's own limit. */
export const MAX_EXTENDED_HEADER_BYTES = 1024 * 1024;
/** What Linux and macOS file systems hold in one name, in bytes. */
export const MAX_PATH_SEGMENT_BYTES = 255;
/** A whole path, in bytes: the shortest PATH_MAX of our systems (1,024 on macOS). */
export const MAX_PATH_BYTES = 1_024;

/** Gzip reaches 1,032 : 1 on zeros; WebAssembly and text stay under 10 : 1. Judged once this much came out. */
export const MAX_RATIO = 200;
export const RATIO_FREE_BYTES = 8 * 1024 * 1024;

/** Nesting of one item in a component's binary; tool chains stay under 10. */
export const MAX_COMPONENT_DEPTH = 32;
/**
 * Items of lists and sections that are read of a component with all that is nested in it. A component of 15 MB with
 * every interface has 4,000, one of QuickJS 15,000. This many take 0.1 s of the main thread; without a limit 40 MB of
 * labels took 4 s.
 */
export const MAX_COMPONENT_ITEMS = 1_000_000;
/** Longest name in a component's binary, in bytes (kebab names and interface ids are short). */
export const MAX_COMPONENT_NAME_BYTES = 1_024;
/** Longest name in a core module, in bytes: jco's own limit. Dynamic linking exports C++ names as mangled. */
export const MAX_CORE_NAME_BYTES = 100_000;
/** Component types in each other, also by reference; wasmtime's own limit. What compares or copies them recurses. */
export const MAX_TYPE_DEPTH = 100;
/**
 * Types, their declarations and what is copied of them for an import, with their labels: 4,900 with every interface of the contract, so
 * that eight such can be composed. The dearest, resources of an import, hold the main thread 60 ms at this many.
 */
export const MAX_TYPE_PARTS = 40_000;
/** Core types: QuickJS has 240. The engine's own limit is a million for each module. */
export const MAX_CORE_TYPES = 50_000;
/** Core functions: StarlingMonkey (15 MB) has 13,000, a QuickJS component 2,500. */
export const MAX_CORE_FUNCTIONS = 200_000;
/** Local variables of all core functions: StarlingMonkey has 52,000. A group of 50,000 takes five bytes to declare. */
export const MAX_CORE_LOCALS = 5_000_000;
/** Core globals: QuickJS has 19; the engine's own limit is a million for each module. */
export const MAX_CORE_GLOBALS = 100_000;
/** Data and element segments: StarlingMonkey has 10,000 (zeros between them are left out). */
export const MAX_CORE_SEGMENTS = 200_000;
/** Core instances with nesting multiplied out: QuickJS comes with 11; a component composed of ninety such fits. */
export const MAX_CORE_INSTANCES = 1_000;
/**
 * Instances, aliases, canonical functions, exports and imports, with what imported instances are to have, likewise: some 2,000
 * for every interface of the contract.
 */
export const MAX_INSTANTIATION_STEPS = 100_000;
