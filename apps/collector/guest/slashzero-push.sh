#!/bin/sh
# Tells Slashzero whether this machine has an IPv6 default route, from the output of its own route command.
# Linux (busybox too), FreeBSD, OpenBSD and macOS; on Windows slashzero-push.ps1. Only the token's file needs root.
set -eu

main() {
  file=/etc/slashzero-push
  print=
  spread=
  for argument; do
    case "$argument" in
    -h | --help) help && exit 0 ;;
    --print) print=yes ;;
    --spread) spread=yes ;;
    -*) fail "unknown option $argument; see $0 --help" 2 ;;
    *) file=$argument ;;
    esac
  done
  PATH=$PATH:/usr/sbin:/sbin:/usr/bin:/bin
  export PATH LC_ALL=C
  case "$(uname -s)" in
  Linux) format=linux ;;
  *) format=netstat ;;
  esac
  if [ -n "$print" ]; then
    "print_$format"
    exit 0
  fi

  read_file
  # Each token has its own delay.
  [ -z "$spread" ] || sleep $(($(echo "$token" | cksum | cut -d ' ' -f 1) % 30))
  umask 077
  folder=$(mktemp -d "${TMPDIR:-/tmp}/slashzero-push.XXXXXX") || fail 'cannot create a temporary folder; free some disk space'
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 1' HUP INT TERM
  "print_$format" >"$folder/routes"
  : >"$folder/answer"
  if send; then
    say
  else
    fail "$server did not accept the routes: $(say)"
  fi
}

help() {
  cat <<'END'
slashzero-push.sh [--spread] [FILE]   sends the routes of this machine once and prints the answer in a line
slashzero-push.sh --print             prints the data and sends nothing

FILE, by default /etc/slashzero-push, has two lines: the address of the hypervisor or of the Slashzero server, and the token of this
VM. Only root may read the file. Keep the file out of templates, because copies of this machine would speak for this VM.

  (umask 077 && cat >/etc/slashzero-push) <<.
  http://192.0.2.1:9470
  sz_...
  .

An address of the hypervisor works without a default route: its IPv4 address on this network, or its link-local address with the
interface of this machine, such as http://[fe80::1%eth0]:9470. Sending needs curl or wget; nc is enough for http.

Every minute, by cron (Linux, FreeBSD, OpenBSD; in root's crontab; --spread waits first, up to 30 s, so that not all VMs send at once):

  * * * * *  sh /usr/local/sbin/slashzero-push.sh --spread >/dev/null

by systemd (slashzero-push.service and slashzero-push.timer; then systemctl enable --now slashzero-push.timer):

  [Service]
  Type=oneshot
  ExecStart=/bin/sh /usr/local/sbin/slashzero-push.sh
  StandardOutput=null

  [Timer]
  OnCalendar=minutely
  RandomizedDelaySec=30
  [Install]
  WantedBy=timers.target

by launchd (macOS; write /Library/LaunchDaemons/slashzero-push.plist, then: launchctl bootstrap system FILE):

  <plist version="1.0"><dict><key>Label</key><string>slashzero-push</string><key>StartInterval</key><integer>60</integer>
  <key>ProgramArguments</key><array><string>/bin/sh</string><string>/usr/local/sbin/slashzero-push.sh</string></array></dict></plist>

Exit status: 0 accepted, 1 not accepted, 2 wrong usage. The server keeps only whether there is a default route, its gateway and its
lifetime.
END
}

fail() {
  echo "slashzero-push: $1" >&2
  exit "${2:-1}"
}

has() {
  command -v "$1" >/dev/null 2>&1
}

read_file() {
  [ -r "$file" ] || fail "cannot read $file; write the address and the token into the file, see $0 --help" 2
  [ -z "$(find -L "$file" -prune \( -perm -040 -o -perm -004 \))" ] || fail "others can read the token in $file; run: chmod 600 $file" 2
  server=
  token=
  # The last line may lack a line end.
  { read -r server || true; read -r token || true; } <"$file"
  server=${server%/}
  # A URL may have %25 before an interface, and most programs read only %.
  case "$server" in *%25[!\]]*) server=${server%%\%25*}%${server#*%25} ;; esac
  case "$server" in
  http://?* | https://?*) ;;
  *) fail "the first line of $file is not an address that begins with http:// or https://" 2 ;;
  esac
  case "$server" in *[!]A-Za-z0-9.:/_~%[-]*) fail "the address in $file has invalid characters" 2 ;; esac
  case "$token" in
  sz_*[!A-Za-z0-9_-]*) fail "the token in $file has invalid characters; copy the token again" 2 ;;
  sz_?*) ;;
  *) fail "the second line of $file is not a token" 2 ;;
  esac
}

# Prints the default route, and the rules that decide whether it is in use.
print_linux() {
  [ -e /proc/net/if_inet6 ] || echo '#no-ipv6'
  echo '#rule'
  ip -6 rule 2>/dev/null || true
  echo '#route'
  status=0
  { error=$(ip -6 route show default table all 2>&1 >&3) || status=$?; } 3>&1
  echo "#exit $status"
  [ "$status" = 0 ] || printf '#error\n%s\n' "$error"
  if ! has ip; then
    echo '#proc'
    # The file is missing if IPv6 is off.
    cat /proc/net/ipv6_route 2>/dev/null || true
  fi
  echo '#end'
}

print_netstat() {
  netstat -rn -f inet6
}

# Leaves the answer in the folder. Keeps the token out of command lines if the program allows, because other users can
# read these. Uses echo for the token, because some shells run a program for printf.
send() {
  url="$server/ingest/v1/routes?format=$format"
  if has curl; then
    echo "header = \"Authorization: Bearer $token\"" >"$folder/curl"
    status=$(curl -q -g -sS -K "$folder/curl" -H 'Content-Type: text/plain' --data-binary "@$folder/routes" \
      --connect-timeout 10 --max-time 30 -o "$folder/answer" -w '%{http_code}' "$url" 2>"$folder/error") && is_taken "$status"
  elif has nc && [ "$server" != "${server#http:}" ]; then
    send_by_nc
  elif has wget && wget --version 2>/dev/null | grep -q GNU; then
    echo "header = Authorization: Bearer $token" >"$folder/wgetrc"
    WGETRC=$folder/wgetrc wget -nv --tries=1 -T 30 --max-redirect=0 --content-on-error --header 'Content-Type: text/plain' \
      --post-file="$folder/routes" -O "$folder/answer" "$url" 2>"$folder/error"
  elif has wget; then
    # wget of busybox takes a header only from the command line, and some builds crash at -T.
    limited wget -q --header "Authorization: Bearer $token" --header 'Content-Type: text/plain' --post-file "$folder/routes" \
      -O "$folder/answer" "$url" 2>"$folder/error"
  else
    fail 'sending needs curl or wget; install one of them'
  fi
}

# Runs a program for at most a minute, if the system has timeout.
limited() {
  if timeout 1 true 2>/dev/null; then timeout 60 "$@"; else "$@"; fi
}

send_by_nc() {
  rest=${server#http://}
  authority=${rest%%/*}
  path=${rest#"$authority"}
  case "$authority" in
  \[*) address=${authority#[} && address=${address%%]*} && port=${authority##*]} && port=${port#:} && name="[${address%%%*}]" ;;
  *:*) address=${authority%:*} && port=${authority##*:} && name=$address ;;
  *) address=$authority && port= && name=$address ;;
  esac
  port=${port:-80}
  carriage=$(printf '\r')
  {
    printf 'POST %s/ingest/v1/routes?format=%s HTTP/1.0\r\nHost: %s:%s\r\n' "$path" "$format" "$name" "$port"
    echo "Authorization: Bearer $token$carriage"
    printf 'Content-Type: text/plain\r\nContent-Length: %s\r\n\r\n' "$(($(wc -c <"$folder/routes")))"
    cat "$folder/routes"
    # At the end of its input, nc of busybox closes its side, and some servers then drop the guest. So the input waits
    # for the reply.
    rounds=0
    until [ -s "$folder/reply" ] || [ -e "$folder/ended" ] || [ $rounds -ge 30 ]; do
      sleep 1
      rounds=$((rounds + 1))
    done
  } | {
    limited nc -w 30 "$address" "$port" >"$folder/reply" 2>"$folder/error" || true
    : >"$folder/ended"
  }
  sed '1,/^.\{0,1\}$/d' "$folder/reply" >"$folder/answer"
  is_taken "$(sed -n '1s/^HTTP\/1\.[01] \([0-9]*\).*/\1/p' "$folder/reply")"
}

is_taken() {
  case "$1" in 2??) ;; *) echo "HTTP status ${1:-none}" >>"$folder/error" && return 1 ;; esac
}

# Prints the answer in a line without control characters, or the error of the program that sent the routes.
say() {
  if [ -s "$folder/answer" ]; then from=$folder/answer; else from=$folder/error; fi
  tr '\n' ' ' <"$from" | tr -cd '\040-\176' | sed 's/ *$//' | cut -c 1-400
}

main "$@"
