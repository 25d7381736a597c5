#!/bin/sh
# Runs as root after the files are gone: dpkg says "remove" or "purge", rpm 0. An upgrade (dpkg "upgrade", rpm 1)
# keeps what the new version has set up.
set -e
case "$1" in
  remove | purge | 0) ;;
  *) exit 0 ;;
esac

if [ -L '/usr/bin/${executable}' ]; then
  rm -f '/usr/bin/${executable}'
fi

if [ -f '/etc/apparmor.d/${executable}' ]; then
  if [ -d /sys/kernel/security/apparmor ] && command -v apparmor_parser >/dev/null 2>&1; then
    apparmor_parser --remove '/etc/apparmor.d/${executable}' || true
  fi
  rm -f '/etc/apparmor.d/${executable}'
fi

command -v update-mime-database >/dev/null 2>&1 && update-mime-database /usr/share/mime || true
command -v update-desktop-database >/dev/null 2>&1 && update-desktop-database -q /usr/share/applications || true

if [ "$1" != purge ]; then
  echo 'The data was kept: capsules, logs and settings of each user are in ~/.config/${sanitizedProductName}'
fi
