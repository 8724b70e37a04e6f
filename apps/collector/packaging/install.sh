#!/bin/sh
# Installs or upgrades slashzero-collector from a Slashzero server and connects this machine to it:
#   curl -fsS http://SERVER/install/collector.sh | sudo SLASHZERO_ENROLMENT_TOKEN=TOKEN sh
# Without a token, an enrolled machine keeps its credential. Once more does no harm. It ends with 0 when the server has taken the machine.
set -eu

main() {
  name=slashzero-collector
  configuration=/etc/slashzero/collector.toml
  server=${SLASHZERO_SERVER:-@SERVER@}
  token=${SLASHZERO_ENROLMENT_TOKEN:-}

  [ "$(uname -s)" = Linux ] || fail "it reads the Linux kernel, and this is $(uname -s)."
  [ "$(id -u)" = 0 ] || fail "it installs a service, which takes root: write \"| sudo sh\" instead of \"| sh\"."
  case "$server" in
  http://* | https://*) ;;
  *) fail "\"$server\" is no address of a server; set SLASHZERO_SERVER to one that begins with http:// or https://." ;;
  esac
  server=${server%/}
  # These two are written between quotes into the configuration.
  only "$server" 'A-Za-z0-9.:/_~[]-' || fail "the address $server has characters that no server's address has."
  only "$token" 'A-Za-z0-9_-' || fail "the enrolment token has characters that no token has; copy it again."

  case "$(uname -m)" in
  x86_64 | amd64) architecture=x64 debian=amd64 ;;
  aarch64 | arm64) architecture=arm64 debian=arm64 ;;
  *) fail "there is no package for $(uname -m); there are packages for x86_64 and aarch64." ;;
  esac
  if [ -z "$(find /lib /lib64 /usr/lib -maxdepth 2 -name 'ld-linux-*' 2>/dev/null | head -n 1)" ]; then
    fail "it needs the GNU C library, which this system does not have."
  fi

  folder=$(mktemp -d) || fail "there is no room for a temporary folder."
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 1' HUP INT TERM
  download SHA256SUMS "$folder/SHA256SUMS"
  package=
  # A system has one of the two, and may have the other as a tool.
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
    fail "$package does not have the checksum that $server names; nothing was installed."

  case "$package" in
  *.deb) install_deb ;;
  *.rpm) install_rpm ;;
  *) install_tarball ;;
  esac
  configure
  start
}

fail() {
  echo "$name: $1" >&2
  exit 1
}

# Whether the text has no other characters than these.
only() {
  [ -z "$(printf %s "$1" | tr -d "$2")" ]
}

# A name of the checksum list, which begins with the program's and ends as said.
find_package() {
  sed -n "s/^[0-9a-f]\\{64\\}  \\(${name}[A-Za-z0-9._~+-]*$1\\)\$/\\1/p" "$folder/SHA256SUMS" | head -n 1
}

download() {
  if command -v curl >/dev/null; then
    curl -fsS --connect-timeout 20 -o "$2" "$server/install/$1" || unreachable "$1"
  elif command -v wget >/dev/null; then
    wget -q -T 20 -O "$2" "$server/install/$1" || unreachable "$1"
  else
    fail "it needs curl or wget to download the package; install one of them."
  fi
}

unreachable() {
  fail "$server/install/$1 cannot be had: the server is not reached from here, or has no packages (npm run package makes them there)."
}

install_deb() {
  DEBIAN_FRONTEND=noninteractive dpkg --force-confold --force-confmiss -i "$folder/$package" >"$folder/log" 2>&1 || {
    cat "$folder/log" >&2
    fail "dpkg could not install $package; what it said is above."
  }
}

install_rpm() {
  rpm --upgrade --replacepkgs --oldpackage "$folder/$package" >"$folder/log" 2>&1 || {
    cat "$folder/log" >&2
    fail "rpm could not install $package; what it said is above."
  }
}

install_tarball() {
  tar -xzf "$folder/$package" -C "$folder" || fail "$package cannot be unpacked."
  "$folder/${package%.tar.gz}/setup.sh" install || fail "$package could not be installed; the reason is above."
}

# Writes server and token; lines of other keys, and comments, stay as they are.
configure() {
  # A credential is of one server; a token for another one asks for another.
  before=$(setting server)
  state=$(setting state-dir)
  credential=${state:-/var/lib/$name}/credential
  if [ -n "$token" ] && [ -n "$before" ] && [ "${before%/}" != "$server" ]; then forget; fi
  if is_unknown; then
    [ -n "$token" ] || fail "$server does not know this machine any more; make an enrolment token there, and run the line that it shows."
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
    fail "$configuration is not right; what is wrong is above."
  fi
}

# Stops first: a collector that runs saves a good credential again.
forget() {
  if [ -d /run/systemd/system ]; then systemctl stop $name.service; fi
  rm -f "$credential"
}

# Whether the server refuses the credential: it was revoked, or this machine was removed there. A report that is none is not taken.
is_unknown() {
  [ -s "$credential" ] && command -v curl >/dev/null || return 1
  status=$(printf 'header = "Authorization: Bearer %s"\n' "$(cat "$credential")" |
    curl -s --connect-timeout 20 --config - --data '' -o /dev/null -w '%{http_code}' "$server/ingest/v1/reports")
  [ "$status" = 401 ]
}

# What a line of the configuration says.
setting() {
  sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*\"\([^\"]*\)\".*/\1/p" $configuration | head -n 1
}

start() {
  if [ ! -d /run/systemd/system ]; then
    echo "Installed. There is no systemd here: let your own service manager start \`$name run\` as the user $name."
    return
  fi
  systemctl enable --quiet $name.service || fail "the service could not be enabled; see: systemctl status $name"
  systemctl restart $name.service || fail "the service did not start; see: journalctl -u $name"
  sleep 2
  # A token that is spent, or a certificate of an unknown authority, would show in the log alone.
  seconds=2
  until [ -s "$credential" ] || [ $seconds = 20 ]; do
    systemctl is-active --quiet $name.service || break
    sleep 1
    seconds=$((seconds + 1))
  done
  systemctl is-active --quiet $name.service || fail "the service ended again: $(last_word)"
  [ -s "$credential" ] ||
    fail "it is installed and runs, and $server has not taken this machine yet: $(last_word)"
  echo "Installed and started. This machine appears on $server with its first report."
}

# What the service said last that was more than news.
last_word() {
  invocation=$(systemctl show --property=InvocationID --value $name.service)
  said=$(journalctl --quiet --output=cat --lines=1 --priority=warning "_SYSTEMD_INVOCATION_ID=$invocation" 2>/dev/null)
  echo "${said:-nothing yet; see journalctl -u $name}"
}

# Called at the end, so that half a download does nothing.
main
