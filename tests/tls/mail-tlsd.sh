# mail-tlsd.sh - handshakes as server and as client, what certificates must be, ends, attacks, processes
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
certs=$SCRATCH/certs
out=$SCRATCH/out

# an authority, and what it signs: CERTIFICATE SUBJECT-NAMES [FIRST-DAY LAST-DAY]
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$certs/$1.key" -out "$certs/$1.pem" \
    -days 30 -subj "/CN=$1" 2>> "$SCRATCH/openssl.log"
}
certificate() {
  printf 'subjectAltName=%s\n' "$2" > "$certs/$1.ext"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$certs/$1.key" -out "$certs/$1.csr" \
    -subj "/CN=common.example" 2>> "$SCRATCH/openssl.log"
  : > "$certs/index"
  echo 01 > "$certs/serial"
  printf '[ca]\ndefault_ca=x\n[x]\ndatabase=%s/index\nserial=%s/serial\nnew_certs_dir=%s\ndefault_md=sha256\npolicy=p\n[p]\nCN=supplied\n' \
    "$certs" "$certs" "$certs" > "$certs/ca.cnf"
  openssl ca -batch -notext -config "$certs/ca.cnf" -keyfile "$certs/ca.key" -cert "$certs/ca.pem" -extfile "$certs/$1.ext" \
    -startdate "${3:-20250101000000Z}" -enddate "${4:-20450101000000Z}" -in "$certs/$1.csr" -out "$certs/$1.pem" \
    2>> "$SCRATCH/openssl.log"
}

oneTimeSetUp() {
  has_tls && [ $ROOT = yes ] || return 0
  instance "$home" tls.example || exit 1
  mkdir -p "$certs"
  authority ca && authority other && certificate good DNS:mx.good.example,DNS:*.wild.example &&
    certificate old DNS:mx.good.example 20200101000000Z 20210101000000Z && certificate new DNS:mx.good.example &&
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$certs/rsa.key" -out "$certs/rsa.pem" -days 30 -subj /CN=rsa \
      2>> "$SCRATCH/openssl.log" || { cat "$SCRATCH/openssl.log"; exit 1; }
  chmod -R a+rX "$certs"
  echo "$certs/ca.pem" > "$home/control/tlscafile"
  echo "x.example:secure:mx:$certs/other.pem" > "$home/control/tlspolicy"
  "$home/bin/mail-start" tls > "$SCRATCH/log" 2>&1 & service=$!
  on_exit "kill $service 2>/dev/null; wait $service 2>/dev/null"
  wait_for 60 grep -q 'ready for servers' "$SCRATCH/log" || { cat "$SCRATCH/log"; exit 1; }
  wait_for 60 grep -q 'ready for clients' "$SCRATCH/log" || { cat "$SCRATCH/log"; exit 1; }
  peer good
  for row in mx.good.example:good old.example:old default:rsa; do install_certificate ${row%:*} ${row#*:}; done
  listener
}

role() { awk -v r="$1" '$1 == r { print $2 }' "$home.users"; }
ready() { need_root && need_tls; }
# a server that others made, its port in $port: NAME [MODE] [VERSION]
peer() {
  rm -f "$SCRATCH/port"
  python3 -S "$stub/tlspeer.py" "$SCRATCH/port" "$certs/$1.pem" "$certs/$1.key" "${2:-echo}" ${3:-} > "$SCRATCH/peer" 2>&1 &
  on_exit "kill $! 2>/dev/null"
  wait_for 60 test -s "$SCRATCH/port" || fail "no peer: $(cat "$SCRATCH/peer")"
  port=$(cat "$SCRATCH/port")
}
# to it by mail-tlsd -c, as mailr; what comes is in $out: FIELD=VALUE...
to() {
  timeout 120 setpriv --reuid "$(role mailr)" --regid "$(role mailr)" --clear-groups \
    python3 -S "$stub/tlsdoor.py" out "$home" "$port" "$@" > "$out" 2>&1
}
got() { assertTrue "$1 in: $(head -c 2000 "$out")" "grep -qxE '$1' $out"; } # LINE...
# in the log, since the last mark
mark() { marked=$(wc -l < "$SCRATCH/log"); }
in_log() { tail -n +$((marked + 1)) "$SCRATCH/log" | grep -qE "$1"; }
logged() { wait_for 20 in_log "$1"; assertTrue "$1 in the log: $(tail -n 5 "$SCRATCH/log")" $?; }
# -s and -c, since the last mark
both_have_read() { wait_for 60 have_read; assertTrue "both read the settings: $(tail -n 5 "$SCRATCH/log")" $?; }
have_read() { [ "$(tail -n +$((marked + 1)) "$SCRATCH/log" | grep -c 'mail-tlsd: settings read')" -ge 2 ]; }
children() { pgrep -P "$(pgrep -P $service -f "mail-tlsd $1")" 2>/dev/null | wc -l; } # -s|-c
no_children() { [ "$(children "$1")" = 0 ]; }

test_a_client_that_demands_nothing() {
  ready || return 0
  echo hello | to name=mx.good.example
  got 'status=K'
  got 'version=TLSv1.3'
  got 'verified=0'
  got 'group=.+'
  got 'hello'
  got 'end'
  got "fingerprint=$(openssl x509 -in "$certs/good.pem" -outform DER | sha256sum | cut -d' ' -f1)"
  got "endpoint=$(openssl x509 -in "$certs/good.pem" -outform DER | sha256sum | cut -d' ' -f1)"
  got 'exporter=[0-9a-f]{64}'
  wait_for 60 grep -q 'close_notify came' "$SCRATCH/peer" || fail "$(cat "$SCRATCH/peer")"
  wait_for 60 no_children -c || fail "a process stays"
}

test_names_and_authorities() {
  ready || return 0
  echo hello | to check=N name=mx.good.example "names=elsewhere.example mx.good.example"
  got 'status=K'
  got 'verified=1'
  echo hello | to check=N names=MX.good.example
  got 'status=K'
  for n in a.wild.example .wild.example .good.example; do
    echo hello | to check=N "names=$n"
    got 'status=K'
  done
  for n in mx.bad.example common.example a.b.wild.example wild.example .example .x.good.example; do
    echo hello | to check=N "names=$n"
    got 'status=D'
    got 'text=the certificate does not hold: hostname mismatch'
    assertFalse "$n: nothing was sent" "grep hello $out"
  done
  echo hello | to check=N names=mx.good.example "ca=$certs/other.pem"
  got 'status=D'
  got 'text=the certificate does not hold: unable to get local issuer certificate'
  echo hello | to check=N names=mx.good.example ca=/etc/passwd
  got 'status=Z'
  got 'text=the CA file of control/tlspolicy is not loaded.*'
  echo hello | to check=N
  got 'status=Z'
}

test_fingerprints() {
  ready || return 0
  whole=$(openssl x509 -in "$certs/good.pem" -outform DER | sha256sum | cut -d' ' -f1)
  public=$(openssl x509 -in "$certs/good.pem" -pubkey -noout | openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1)
  colons=$(echo "$whole" | tr a-f A-F | sed 's/../&:/g; s/:$//')
  for f in "$whole" "$public" "$colons" "00 $public"; do
    echo hello | to check=F "names=$f"
    got 'status=K'
    got 'verified=1'
  done
  for f in "${whole%?}" "0$whole" "" "$(echo "$whole" | rev)"; do
    echo hello | to check=F "names=$f"
    got 'status=D'
    got "text=the certificate has another fingerprint than was demanded: $whole"
    assertFalse "$f: nothing was sent" "grep hello $out"
  done
}

test_an_expired_and_a_foreign_certificate() {
  ready || return 0
  peer old
  mark
  echo hello | to check=N names=mx.good.example
  got 'status=D'
  got 'text=the certificate does not hold: certificate has expired'
  logged 'failed ip=127.0.0.1: the certificate does not hold: certificate has expired'
  echo hello | to
  got 'status=K'
  peer other
  echo hello | to check=N names=other
  got 'status=D'
  got 'text=the certificate does not hold: self-signed certificate'
  peer good
}

test_servers_that_speak_no_tls() {
  ready || return 0
  for mode in rubbish plain; do
    peer good $mode
    echo hello | to
    got 'status=D'
    got 'text=handshake failed: .+'
    got 'end'
  done
  peer good die
  echo hello | to
  got 'status=D'
  got 'text=the other side ended the connection in the handshake'
  peer good damaged
  for level in check=A "check=N names=mx.good.example"; do
    # shellcheck disable=SC2086
    echo hello | to $level
    got 'status=D'
    got 'text=handshake failed: .+'
  done
  peer good stall
  echo hello | to seconds=1
  got 'status=D'
  got 'text=the handshake took more than 1 seconds'
  peer good
  wait_for 60 no_children -c || fail "a process stays"
}

test_an_end_without_close_notify() {
  ready || return 0
  for version in 1.2 1.3; do
    peer good cut $version
    mark
    echo hello | to keep=1
    got 'status=K'
    assertEquals "all that came is passed on first" 200000 "$(tr -dc Y < "$out" | wc -c)"
    got 'end'
    logged 'ended without close_notify ip=127.0.0.1'
  done
  peer good
}

# as swaks and others do behind QUIT
test_who_does_not_read_our_end() {
  ready || return 0
  peer good reset
  mark
  echo hello | to
  got 'hello'
  got 'end'
  wait_for 60 no_children -c || fail "a process stays"
  assertFalse "nobody needs to know: $(tail -n 2 "$SCRATCH/log")" "in_log 'broken|ended without'"
  peer good
}

test_records_that_are_too_long() {
  ready || return 0
  for version in 1.2 1.3; do
    peer good record $version
    mark
    echo hello | to
    got 'status=K'
    got 'end'
    logged 'broken ip=127.0.0.1: '
  done
  peer good
}

test_both_ways_at_once() {
  ready || return 0
  head -c 3000000 /dev/urandom | base64 > "$SCRATCH/much"
  to < "$SCRATCH/much"
  sed '1,/^exporter=/d; $d' "$out" > "$SCRATCH/came"
  assertTrue "four megabytes come back as they went" "cmp $SCRATCH/much $SCRATCH/came"
}

# what nobody reads is not taken
test_how_much_is_held() {
  ready || return 0
  for row in in:maild out:mailr; do
    who=$(role ${row#*:})
    timeout 120 setpriv --reuid "$who" --regid "$who" --clear-groups \
      python3 "$stub/tlsdoor.py" held "$home" ${row%:*} "$certs/good.pem" "$certs/good.key" > "$out" 2>&1
    assertTrue "$row: $(cat "$out")" "[ $(sed -n 's/^held=//p' "$out") -le 65536 ]"
  done
}

install_certificate() { # NAME CERTIFICATE
  mkdir -p "$home/tls/$1"
  install -m 0640 -g "$(role mailk)" "$certs/$2.key" "$home/tls/$1/key.new"
  install -m 0644 "$certs/$2.pem" "$home/tls/$1/cert.new"
  mv "$home/tls/$1/key.new" "$home/tls/$1/key"
  mv "$home/tls/$1/cert.new" "$home/tls/$1/cert"
}
# the other side: a port whose connections mail-tlsd -s gets, as from maild; its results are in $SCRATCH/in: [FIELD=VALUE...]
listener() {
  mkdir -p "$SCRATCH/inport"
  chown "$(role maild)" "$SCRATCH/inport"
  rm -f "$SCRATCH/inport/port"
  setpriv --reuid "$(role maild)" --regid "$(role maild)" --clear-groups \
    python3 -S "$stub/tlsdoor.py" in "$home" "$SCRATCH/inport/port" "$@" > "$SCRATCH/in" 2>&1 &
  listening=$!
  on_exit "kill $listening 2>/dev/null"
  wait_for 60 test -s "$SCRATCH/inport/port" || fail "no listener: $(cat "$SCRATCH/in")"
  inport=$(cat "$SCRATCH/inport/port")
}
listen_anew() { kill $listening; wait $listening 2>/dev/null; listener "$@"; }
# openssl's client there: LINES [OPTION...]; it goes on until they have come back
client() {
  lines=$1
  shift
  : > "$SCRATCH/in"
  : > "$out"
  { printf '%b' "$lines"; wait_for 20 grep -qE 'last line|:error:|errno=' "$out"; } |
    timeout 60 openssl s_client -connect "127.0.0.1:$inport" -CAfile "$certs/ca.pem" -no_ign_eof -nocommands "$@" > "$out" 2>&1
}
told() { wait_for 20 grep -qxE "$1" "$SCRATCH/in"; assertTrue "$1 in: $(cat "$SCRATCH/in")" $?; } # LINE of its result
shown() { assertTrue "$1 is shown: $(cat "$out")" "openssl x509 -in $out -outform DER 2>&1 | cmp - $certs/$1.der"; } # CERTIFICATE

test_a_server() {
  ready || return 0
  for c in good new rsa; do openssl x509 -in "$certs/$c.pem" -outform DER -out "$certs/$c.der"; done
  client 'one\nlast line\n' -servername mx.good.example -verify_return_error -keymatexport EXPORTER-Channel-Binding -keymatexportlen 32
  got one
  shown good
  told status=K
  told version=TLSv1.3
  told sni=mx.good.example
  told verified=0
  told "endpoint=$(sha256sum < "$certs/good.der" | cut -d' ' -f1)"
  told "exporter=$(sed -n 's/^ *Keying material: //p' "$out" | tr A-F a-f)"
  assertFalse "no ticket" "grep -q 'New Session Ticket' $out"
  told end
  client 'last line\n' -servername MX.GOOD.example -tls1_2
  shown good
  told version=TLSv1.2
  assertFalse "no ticket" "grep -q 'TLS session ticket:' $out"
  client 'last line\n' -servername elsewhere.example -tls1_2      # the default one, of RSA
  shown rsa
  client 'last line\n' -noservername
  shown rsa
  told sni=
  wait_for 60 no_children -s || fail "a process stays"
}

test_what_no_server_does() {
  ready || return 0
  client 'last line\n' -tls1_1 -cipher DEFAULT@SECLEVEL=0
  told status=D
  client 'last line\n' -tls1_2 -cipher kRSA
  told 'text=handshake failed: no shared cipher'
  client 'last line\n' -tls1_2 -cipher DHE
  told 'text=handshake failed: no shared cipher'
  : > "$SCRATCH/in"
  { echo R; wait_for 20 grep -q renegotiation "$out"; } | timeout 60 openssl s_client -connect "127.0.0.1:$inport" -tls1_2 > "$out" 2>&1
  assertTrue "no renegotiation: $(tail -n 3 "$out")" "grep -q 'no renegotiation' $out"
  told status=K
}

says() { python3 -S -c 'import socket, sys; s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(sys.argv[2].encode("latin1").decode("unicode_escape").encode("latin1")); s.settimeout(20); print(s.recv(100))' "$inport" "$1" > "$out" 2>&1; }

test_clients_that_speak_no_tls() {
  ready || return 0
  mark
  says 'EHLO client.example\r\n'
  told status=D
  told 'text=handshake failed: .+'
  logged 'failed ip=127.0.0.1: handshake failed: .'
  says 'GET / HTTP/1.0\r\n\r\n'
  told 'text=handshake failed: http request'
  says "\\x16\\x03\\x01\\xff\\xff$(head -c 300 /dev/urandom | od -An -tx1 | tr -d '\n' | sed 's/ /\\\\x/g')"
  told status=D
  listen_anew seconds=1
  says ''
  told 'text=the handshake took more than 1 seconds'
  listen_anew
  wait_for 60 no_children -s || fail "a process stays"
}

test_a_renewed_certificate_counts_at_once() {
  ready || return 0
  install_certificate mx.good.example new
  client 'last line\n' -servername mx.good.example
  shown new
  install_certificate mx.good.example good
  client 'last line\n' -servername mx.good.example
  shown good
  cp "$certs/old.pem" "$home/tls/mx.good.example/cert"       # whose key mail-keyd never had
  mark
  client 'last line\n' -servername mx.good.example
  told status=Z
  told 'text=the handshake was not signed: .+'
  logged 'failed ip=127.0.0.1: the handshake was not signed: .'
  install_certificate mx.good.example good
}

# as when the system has no more descriptors for the moment
open_files() { # PID NUMBER
  setpriv --reuid "$(role mailt)" --regid "$(role mailt)" --clear-groups prlimit --pid "$1" "--nofile=$2:"
}
test_a_certificate_that_cannot_be_read_for_a_moment() {
  ready && need prlimit util-linux || return 0
  install_certificate mx.good.example new
  sleep 3       # since then a change would show
  pid=$(pgrep -P $service -f 'mail-tlsd -s')
  mark
  open_files "$pid" $(($(find "/proc/$pid/fd" -type l | wc -l) + 1))    # for a connection
  for i in 1 2; do
    : > "$SCRATCH/in"
    says ''
    told status=Z
  done
  open_files "$pid" 64
  logged 'unable to read .*mx.good.example/cert'
  assertEquals 'once' 1 "$(tail -n +$((marked + 1)) "$SCRATCH/log" | grep -c 'unable to read .*mx.good.example/cert')"
  client 'last line\n' -servername mx.good.example
  shown new
  install_certificate mx.good.example good
}

test_without_a_certificate_it_is_said_before() {
  ready || return 0
  mkdir "$SCRATCH/away"
  mv "$home"/tls/* "$SCRATCH/away"
  : > "$SCRATCH/in"
  says ''
  told status=Z
  told 'text=there is no certificate'
  mv "$SCRATCH/away"/* "$home/tls"
  client 'last line\n' -servername mx.good.example
  told status=K
}

# the connection of openssl's client that stays open: its lines go to $SCRATCH/say
stay() {
  mkfifo "$SCRATCH/say"
  rm -f "$SCRATCH/heard"        # of the one before
  openssl s_client -connect "127.0.0.1:$inport" -servername mx.good.example -quiet < "$SCRATCH/say" > "$SCRATCH/heard" 2>&1 &
  staying=$!
  on_exit "kill $staying 2>/dev/null"
  exec 8> "$SCRATCH/say"
  echo hello >&8
  wait_for 60 grep -q hello "$SCRATCH/heard" || fail "no connection stays"
}
# another client, which is gone after the handshake without a word
dies() { python3 -c 'import os, socket, ssl, sys
c = ssl._create_unverified_context().wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))))
os._exit(c.version() != "TLSv1.3")' "$inport"; }
lives() { echo "$1" >&8; wait_for 60 grep -q "$1" "$SCRATCH/heard"; assertTrue "it lives on" $?; }

test_processes_that_are_killed() {
  ready || return 0
  wait_for 60 no_children -s    # those of the clients before
  stay
  child=$(pgrep -P "$(pgrep -P $service -f 'mail-tlsd -s')")
  assertEquals "what an idle session has alone is at most 400 KiB: $(grep -E '^(Pss|Private_Dirty)' "/proc/$child/smaps_rollup" | xargs)" \
    small "$(awk '/^Private_(Dirty|Clean):/ { n += $2 } END { print n <= 400 ? "small" : n }' "/proc/$child/smaps_rollup")"
  assertEquals "it is locked in" "1 2" "$(awk '/^NoNewPrivs|^Seccomp:/ { print $2 }' "/proc/$child/status" | xargs)"
  dies || fail 'no handshake'
  lives 'after another client is gone'
  kill -9 "$(pgrep -P $service -f mail-keyd)"
  client 'last line\n' -servername mx.good.example        # waits for the next mail-keyd
  told status=K
  kill -9 "$(pgrep -P $service -f 'mail-tlsd -s')"
  lives 'without a parent'
  client 'last line\n' -servername mx.good.example
  told status=K
  kill -9 "$child"
  wait $staying
  exec 8>&-
  wait_for 20 grep -qx end "$SCRATCH/in" || fail "nobody was told of the end: $(cat "$SCRATCH/in")"
}

test_how_many_and_who() {
  ready || return 0
  echo 1 > "$home/control/tlsconnections"
  mark
  kill -HUP $service
  both_have_read
  rm -f "$SCRATCH/say"
  stay
  : > "$SCRATCH/in"
  says ''
  told status=Z
  told 'text=too many TLS connections'
  exec 8>&-
  kill $staying
  wait $staying 2>/dev/null
  rm "$home/control/tlsconnections"
  mark
  kill -HUP $service
  both_have_read
  setpriv --reuid "$(role mailr)" --regid "$(role mailr)" --clear-groups \
    python3 -S -c "import socket; socket.socket(socket.AF_UNIX).connect('$home/run/tlsin/tls')" > "$out" 2>&1
  assertTrue "mailr has no way to the server's side: $(cat "$out")" "grep -q 'Permission denied' $out"
  mark
  python3 -S -c "import socket; s = socket.socket(socket.AF_UNIX); s.connect('$home/run/tlsout/tls')
print(s.makefile('rb').read(500))" > "$out"
  assertTrue "root is nobody here: $(cat "$out")" "grep -q 'this user may not call' $out"
  logged 'somebody calls who is not mailr'
}

# WORD...: the other door of run/tlsout/tls, as mailr
scram() {
  timeout 120 setpriv --reuid "$(role mailr)" --regid "$(role mailr)" --clear-groups python3 "$stub/tlsdoor.py" scram "$home" "$@" > "$out" 2>&1
  sed 's/^C .*/C/' "$out" | xargs
}
test_scram() {
  ready || return 0
  assertEquals 'one that is wanted' 'C waits' "$(scram out begin:me:pass)"
  first=$(cat "$out")
  scram out begin:me:pass > "$SCRATCH/unused"
  assertNotEquals 'each has a nonce of its own' "$first" "$(cat "$out")"
  assertEquals 'no work for a login that is none' 'Z login or password are no UTF-8, or have control characters end' \
    "$(scram out "begin:me:$(printf '\001')")"
  assertEquals 'as many iterations as there may be' 'C C waits' "$(scram out begin:me:pass challenge:1000000)"
  assertEquals 'more' 'C U it wants too many iterations end' "$(scram out begin:me:pass challenge:1000001)"
  assertEquals 'a host that does not know it' 'C C U its signature is not that of one who knows the password end' \
    "$(scram out begin:me:pass challenge:4096 said:dj1hYmNk)"
  assertEquals 'one that says so' 'C C D invalid-proof end' "$(scram out begin:me:pass challenge:4096 said:ZT1pbnZhbGlkLXByb29m)"
  assertEquals 'another login on the same connection' 'C end' "$(scram out begin:me:pass begin:me:pass)"
  assertEquals 'out of turn' end "$(scram out said:YWJj)"
  assertEquals 'with a connection' end "$(scram out with:YWJj)"
  assertEquals 'rubbish' end "$(scram out raw:81)"
  assertEquals 'more rubbish' end "$(scram out raw:8142000001000000)"
  wait_for 20 no_children -c
  assertTrue 'all have ended' $?
  assertEquals 'not for servers' end "$(setpriv --reuid "$(role maild)" --regid "$(role maild)" --clear-groups \
    python3 "$stub/tlsdoor.py" scram "$home" in begin:me:pass | tail -n 1)"
}

test_settings() {
  ready || return 0
  echo 1.3 > "$home/control/tlsversion"
  echo nonsense > "$home/control/tlsciphers"
  echo P-384 > "$home/control/tlsgroups"
  mark
  kill -HUP $service
  logged 'OpenSSL does not know what control/tlsciphers says, its own choice counts: nonsense'
  both_have_read
  client 'last line\n' -tls1_2
  told status=D
  client 'last line\n'
  told group=secp384r1
  rm "$home/control/tlsversion" "$home/control/tlsciphers" "$home/control/tlsgroups"
  cp "$certs/ca.pem" "$SCRATCH/elsewhere.pem"
  echo "y.example:secure:mx:$SCRATCH/elsewhere.pem" >> "$home/control/tlspolicy"
  echo ALL:@SECLEVEL=0 > "$home/control/tlsciphers"
  mark
  kill -HUP $service
  logged 'starting anew, to read other CA files'
  logged 'ready for servers'
  echo hello | to check=N names=mx.good.example "ca=$SCRATCH/elsewhere.pem"
  got status=K
  cp "$certs/ca.pem" "$SCRATCH/new.pem" && mv "$SCRATCH/new.pem" "$SCRATCH/elsewhere.pem"
  mark
  kill -HUP $service
  logged 'starting anew, to read other CA files'
  logged 'ready for servers'
  assertEquals 'which is no error' "" "$(tail -n +$((marked + 1)) "$SCRATCH/log" | grep 'no CA')"
  echo hello | to check=N names=mx.good.example "ca=$SCRATCH/elsewhere.pem"
  got status=K
  peer good anonymous
  echo hello | to
  got 'status=K'
  got 'cipher=A(EC)?DH-.*'
  echo hello | to check=N names=mx.good.example
  got 'text=the other side has shown no certificate'
  rm "$home/control/tlsciphers"
}

test_usage() {
  ready || return 0
  for a in '' -x '-s -c'; do
    # shellcheck disable=SC2086
    "$home/bin/mail-tlsd" $a 2> "$SCRATCH/err"
    assertEquals "$a" 100 $?
  done
  assertTrue "grep -q usage $SCRATCH/err"
}

run_tests
