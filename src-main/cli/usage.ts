export const usage = `capsule <command> [options]

  build <folder>           make the component of a TypeScript capsule
  pack <folder>            pack a built capsule as a .capsule archive
      --out FILE             where to (default: <folder>/build/<name>.capsule)
  inspect <file|folder>    manifest, imports, exports and hash as JSON; runs nothing
  run <file|folder>        install into a folder of its own, invoke one action, print the result as JSON
      --invoke ACTION        the action (required)
      --grant all|none|A,B   what the capsule may have of what it asks (required)
      --payload TEXT         what the action gets (default: nothing)
      --principal NAME       who it acts for (default: default)
      --timeout SECONDS      ends the action after this time
  verify-audit <folder>    check the audit log of a data folder, and print how far it reaches and its last hash

  --help                   show this help

Exit status: 0 success, 1 refused by the capsule (deny, abort), 2 error, 130 interrupted.
`;
