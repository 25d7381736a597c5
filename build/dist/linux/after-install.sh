#!/bin/sh
# Runs as root after the files are in place (dpkg "configure", rpm %post). Must not fail an installation over
# something optional: every step that can be missing is checked first.
set -e
program='/opt/${sanitizedProductName}/${executable}'

ln -sf "$program" '/usr/bin/${executable}'

# Chromium's sandbox needs this helper wherever unprivileged user namespaces are switched off.
chown root:root '/opt/${sanitizedProductName}/chrome-sandbox'
chmod 4755 '/opt/${sanitizedProductName}/chrome-sandbox'

# Where AppArmor restricts user namespaces (Ubuntu 24.04 and later) the profile allows them to this program. An
# AppArmor that cannot parse it (abi 4.0 is from 2024) does not restrict them either.
profile='/opt/${sanitizedProductName}/resources/apparmor-profile'
if [ -d /etc/apparmor.d ] && command -v apparmor_parser >/dev/null 2>&1 &&
  apparmor_parser --skip-kernel-load --debug "$profile" >/dev/null 2>&1; then
  cp -f "$profile" '/etc/apparmor.d/${executable}'
  if [ -d /sys/kernel/security/apparmor ]; then
    apparmor_parser --replace --write-cache --skip-read-cache '/etc/apparmor.d/${executable}' ||
      echo 'The AppArmor profile will be loaded at the next start of the system.'
  fi
fi

command -v update-mime-database >/dev/null 2>&1 && update-mime-database /usr/share/mime || true
command -v update-desktop-database >/dev/null 2>&1 && update-desktop-database -q /usr/share/applications || true
command -v gtk-update-icon-cache >/dev/null 2>&1 && gtk-update-icon-cache -q -f /usr/share/icons/hicolor || true
