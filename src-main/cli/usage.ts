export const usage = `capsule <command> [options]

  build <folder>           build the component of a TypeScript capsule
  pack <folder>            pack a built capsule into a .capsule archive
      --out FILE             output file (default: <folder>/build/<name>.capsule)
  inspect <file|folder>    print manifest, imports, exports and hash as JSON; runs nothing
  run <file|folder>        install into a temporary folder, invoke one action, print its result as JSON
      --invoke ACTION        the action to invoke (required)
      --grant all|none|A,B   which of the requested capabilities to grant (required)
      --payload TEXT         payload of the action (default: empty)
      --principal NAME       principal to act for (default: default)
      --timeout SECONDS      deadline of the action
      --logs QUERY           which lines of the processes' output to show at the end, of everything retained
                             (default: the last 8 KiB of each stream)
  verify-audit <folder>    verify the audit log of a data folder; print its extent and last hash

  --help                   show this help

A QUERY is words, "phrases", /regular expressions/, level:warn+, stream:err, source:name, after:5m, before:10:30
and field=value for lines of JSON; a line has to meet all of them. A dash in front leaves lines out: -debug. A query
that begins with one is written --logs=-debug.

Exit status: 0 success, 1 refused by the capsule (deny, abort), 2 error, 130 interrupted.
`;
