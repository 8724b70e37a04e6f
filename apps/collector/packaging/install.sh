#!/bin/sh
# Installs or upgrades slashzero-collector; exit status 0: the server has accepted the machine. With a credential, no
# token: curl -fsS http://SERVER/install/collector.sh | sudo SLASHZERO_ENROLMENT_TOKEN=TOKEN sh
set -eu

main() {
  name=slashzero-collector
  configuration=/etc/slashzero/collector.toml
  server=${SLASHZERO_SERVER:-@SERVER@}
  token=${SLASHZERO_ENROLMENT_TOKEN:-}

  [ "$(uname -s)" = Linux ] || fail "slashzero-collector runs only on Linux."
  [ "$(id -u)" = 0 ] || fail "the installation needs root: write \"| sudo sh\" instead of \"| sh\"."
  case "$server" in
  http://* | https://*) ;;
  *) fail "\"$server\" is not a server address; set SLASHZERO_SERVER to an address that begins with http:// or https://." ;;
  esac
  server=${server%/}
  # Both are written between quotes into the configuration.
  only "$server" 'A-Za-z0-9.:/_~[]-' || fail "the address $server has invalid characters; correct SLASHZERO_SERVER."
  only "$token" 'A-Za-z0-9_-' || fail "the enrolment token has invalid characters; copy the token again."

  case "$(uname -m)" in
  x86_64 | amd64) architecture=x64 debian=amd64 ;;
  aarch64 | arm64) architecture=arm64 debian=arm64 ;;
  *) fail "there is no package for $(uname -m); there are packages for x86_64 and aarch64." ;;
  esac
  if [ -z "$(find /lib /lib64 /usr/lib -maxdepth 2 -name 'ld-linux-*' 2>/dev/null | head -n 1)" ]; then
    fail "the package needs the GNU C library, and this system has another."
  fi

  folder=$(mktemp -d) || fail "cannot create a temporary folder; free some disk space."
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 1' HUP INT TERM
  download SHA256SUMS "$folder/SHA256SUMS"
  package=
  # A system uses one of the two, and may have the other as a tool.
  if dpkg-query --status dpkg >/dev/null 2>&1; then
    package=$(find_package "_$debian\\.deb")
  elif rpm --query rpm >/dev/null 2>&1; then
    package=$(find_package "\\.$(uname -m)\\.rpm")
  fi
  [ -n "$package" ] || package=$(find_package "-linux-$architecture\\.tar\\.gz")
  [ -n "$package" ] || fail "$server offers no package for $architecture; build them there with: npm run package"
  echo "Downloading $package from $server"
  download "files/$package" "$folder/$package"
  (cd "$folder" && grep "  $package\$" SHA256SUMS | sha256sum -c - >/dev/null 2>&1) ||
    fail "$package does not match the checksum from $server; nothing was installed."

  case "$package" in
  *.deb) install_deb ;;
  *.rpm) install_rpm ;;
  *) install_tarball ;;
  esac
  configure
  start
}

fail() {
  printf '%s\n' "$name: $1" >&2
  exit 1
}

# Whether the text has only these characters.
only() {
  [ -z "$(printf %s "$1" | tr -d "$2")" ]
}

# A name in the checksum list that starts with the program's name and ends as given.
find_package() {
  sed -n "s/^[0-9a-f]\\{64\\}  \\(${name}[A-Za-z0-9._~+-]*$1\\)\$/\\1/p" "$folder/SHA256SUMS" | head -n 1
}

download() {
  if command -v curl >/dev/null; then
    curl -fsS --connect-timeout 20 -o "$2" "$server/install/$1" || unreachable "$1"
  elif command -v wget >/dev/null; then
    wget -q -T 20 -O "$2" "$server/install/$1" || unreachable "$1"
  else
    fail "the download needs curl or wget; install one of them."
  fi
}

unreachable() {
  fail "$server/install/$1 cannot be downloaded: this machine cannot reach the server, or the server has no packages (build them there with: npm run package)."
}

install_deb() {
  DEBIAN_FRONTEND=noninteractive dpkg --force-confold --force-confmiss -i "$folder/$package" >"$folder/log" 2>&1 || {
    cat "$folder/log" >&2
    fail "dpkg could not install $package; see its output above."
  }
}

install_rpm() {
  rpm --upgrade --replacepkgs --oldpackage "$folder/$package" >"$folder/log" 2>&1 || {
    cat "$folder/log" >&2
    fail "rpm could not install $package; see its output above."
  }
}

install_tarball() {
  tar -xzf "$folder/$package" -C "$folder" || fail "$package cannot be unpacked."
  "$folder/${package%.tar.gz}/setup.sh" install || fail "$package could not be installed; the reason is above."
}

# Writes server and token; other keys and comments stay.
configure() {
  # A credential belongs to one server; a token of another server needs another credential.
  before=$(setting server)
  state=$(setting state-dir)
  credential=${state:-/var/lib/$name}/credential
  if [ -n "$token" ] && [ -n "$before" ] && [ "${before%/}" != "$server" ]; then forget; fi
  if is_unknown; then
    [ -n "$token" ] || fail "$server does not know this machine any more; create an enrolment token there, and run the command that the page shows."
    forget
  fi
  {
    echo "server = \"$server\""
    if [ -n "$token" ]; then echo "enrolment-token = \"$token\""; fi
    if [ -n "$token" ]; then keys='server|enrolment-token|enrolment-token-file'; else keys=server; fi
    awk -v keys="^[[:space:]]*($keys)[[:space:]]*=" '/^[[:space:]]*\[/ { table = 1 } table || $0 !~ keys' $configuration
  } >"$folder/configuration"
  # Its owner and mode stay.
  cat "$folder/configuration" >$configuration || fail "$configuration cannot be written."
  if ! $name config check $configuration >"$folder/log" 2>&1; then
    cat "$folder/log" >&2
    fail "$configuration is invalid; see the reason above."
  fi
}

# Stops first: a running collector saves a valid credential again.
forget() {
  if [ -d /run/systemd/system ]; then systemctl stop $name.service; fi
  as_service rm -f -- "$credential"
}

# Runs a program as the service's user, without a terminal. Root neither reads nor follows what that user can write.
as_service() {
  setsid -w setpriv --reuid="$name" --regid="$name" --init-groups -- "$@"
}

# Whether the server refuses the credential: revoked, or this machine was removed there. An empty report is never
# accepted.
is_unknown() {
  command -v curl >/dev/null || return 1
  # A pipe under this name would never end.
  secret=$(as_service timeout 5 head -c 1000 -- "$credential" 2>/dev/null | tr -d '\0') || return 1
  # With other characters the text would give curl further orders.
  { [ -n "$secret" ] && only "$secret" 'A-Za-z0-9._~+/=-'; } || return 1
  status=$(printf 'header = "Authorization: Bearer %s"\n' "$secret" |
    curl -s --connect-timeout 20 --config - --data '' -o /dev/null -w '%{http_code}' "$server/ingest/v1/reports")
  [ "$status" = 401 ]
}

# The value of a key in the configuration.
setting() {
  sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*\"\([^\"]*\)\".*/\1/p" $configuration | head -n 1
}

start() {
  if [ ! -d /run/systemd/system ]; then
    echo "Installed. This machine has no systemd: configure your service manager to run \`$name run\` as the user $name."
    return
  fi
  systemctl enable --quiet $name.service || fail "the service could not be enabled; see: systemctl status $name"
  systemctl restart $name.service || fail "the service did not start; see: journalctl -u $name"
  sleep 2
  # A spent token or an unknown certificate authority would show in the log alone.
  seconds=2
  until as_service test -s "$credential" || [ $seconds = 20 ]; do
    systemctl is-active --quiet $name.service || break
    sleep 1
    seconds=$((seconds + 1))
  done
  systemctl is-active --quiet $name.service || fail "the service stopped: $(last_word)"
  as_service test -s "$credential" ||
    fail "the service is installed and runs, but $server has not accepted this machine yet: $(last_word)"
  echo "Installed and started. This machine appears on $server with its first report."
}

# The last warning or error of the service.
last_word() {
  invocation=$(systemctl show --property=InvocationID --value $name.service)
  said=$(journalctl --quiet --output=cat --lines=1 --priority=warning "_SYSTEMD_INVOCATION_ID=$invocation" 2>/dev/null | tr -cd '\040-\176')
  echo "${said:-nothing yet; see journalctl -u $name}"
}

# Called at the end so that a partial download does nothing.
main
