# Links that begin with `capsule:`. `protocols` of config.mjs reaches Linux and macOS only.
# SHELL_CONTEXT is the person's part of the registry, or the machine's where everybody gets the program.

!macro customInstall
  WriteRegStr SHELL_CONTEXT "Software\Classes\capsule" "" "URL:Capsule link"
  WriteRegStr SHELL_CONTEXT "Software\Classes\capsule" "URL Protocol" ""
  WriteRegStr SHELL_CONTEXT "Software\Classes\capsule\DefaultIcon" "" "$appExe,0"
  # Behind `--` a link is never read as a flag.
  WriteRegStr SHELL_CONTEXT "Software\Classes\capsule\shell\open\command" "" '"$appExe" -- "%1"'
!macroend

!macro customUnInstall
  Push $R0
  # Another program may have taken the links over since.
  ReadRegStr $R0 SHELL_CONTEXT "Software\Classes\capsule\shell\open\command" ""
  ${if} $R0 == '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" -- "%1"'
    DeleteRegKey SHELL_CONTEXT "Software\Classes\capsule"
  ${endIf}
  Pop $R0
!macroend
