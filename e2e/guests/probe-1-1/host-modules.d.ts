/** Called by name only; the host's types of it are generated from the contract. */
declare module 'astrid:process/host@1.1.0';
