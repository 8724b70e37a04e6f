#!/bin/sh
# ./setup.sh install | remove | purge: `install` also upgrades and adds a configuration if none exists;
# `remove` keeps configuration, credential and unsent reports; `purge` removes everything.
set -eu
# The service runs as its own user, so the files must be readable for others.
umask 022

name=slashzero-collector
library=/usr/local/lib/$name
configuration=/etc/slashzero/collector.toml

fail() {
  echo "$name: $1" >&2
  exit 1
}

has_systemd() {
  [ -d /run/systemd/system ]
}

install_files() {
  from=$(cd "$(dirname "$0")" && pwd)/files
  [ -d "$from" ] || fail "there is no folder $from; run install from the unpacked tarball."
  if ! id "$name" >/dev/null 2>&1; then
    useradd --system --user-group --no-create-home --home-dir "/var/lib/$name" --shell /usr/sbin/nologin "$name" ||
      fail "cannot create the user $name; create the user and try again."
  fi
  (cd "$from" && find . -type f ! -path "./etc/slashzero/*") | while read -r file; do
    # Replaced by rename because the program may be running.
    mkdir -p "$(dirname "/$file")"
    cp -p "$from/$file" "/$file.new"
    chown root:root "/$file.new"
    mv -f "/$file.new" "/$file"
  done
  cp "$0" $library/setup.sh
  if [ ! -e $configuration ]; then
    mkdir -p /etc/slashzero
    cp "$from$configuration" $configuration
  fi
  chown root:$name $configuration
  chmod 0640 $configuration
  if has_systemd; then
    systemctl daemon-reload
    systemctl enable --quiet $name.service
    systemctl restart $name.service
  else
    echo "This machine has no systemd: configure your service manager to run \`$name run\` as the user $name."
  fi
}

remove_files() {
  if has_systemd; then
    systemctl disable --quiet --now $name.service 2>/dev/null || true
  fi
  rm -rf "$library" "/usr/local/share/doc/$name" "/usr/local/share/$name"
  rm -f /usr/local/bin/$name /usr/local/share/man/man8/$name.8.gz /etc/systemd/system/$name.service
  rm -f /etc/systemd/system/multi-user.target.wants/$name.service
  if has_systemd; then
    systemctl daemon-reload
    systemctl reset-failed $name.service 2>/dev/null || true
  fi
}

purge_files() {
  remove_files
  rm -rf "/var/lib/$name" "/etc/systemd/system/$name.service.d"
  rm -f $configuration /etc/slashzero/enrolment-token
  [ ! -d /etc/slashzero ] || rmdir --ignore-fail-on-non-empty /etc/slashzero
  if id "$name" >/dev/null 2>&1; then userdel "$name"; fi
}

[ "$(id -u)" = 0 ] || fail "run $0 as root."
case "${1:-}" in
install) install_files ;;
remove) remove_files ;;
purge) purge_files ;;
*) fail "unknown action; run: $0 install, $0 remove or $0 purge." ;;
esac
