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
    certificate old DNS:mx.good.example 20200101000000Z 20210101000000Z || { cat "$SCRATCH/openssl.log"; exit 1; }
  chmod -R a+rX "$certs"
  echo "$certs/ca.pem" > "$home/control/tlscafile"
  echo "x.example:secure:mx:$certs/other.pem" > "$home/control/tlspolicy"
  "$home/bin/mail-start" tls > "$SCRATCH/log" 2>&1 & service=$!
  on_exit "kill $service 2>/dev/null; wait $service 2>/dev/null"
  wait_for 60 grep -q 'ready for servers' "$SCRATCH/log" || { cat "$SCRATCH/log"; exit 1; }
  peer good
}

role() { awk -v r="$1" '$1 == r { print $2 }' "$home.users"; }
ready() { need_root && need_tls; }
# a server that others made, its port in $port: NAME [MODE] [VERSION]
peer() {
  rm -f "$SCRATCH/port"
  python3 "$stub/tlspeer.py" "$SCRATCH/port" "$certs/$1.pem" "$certs/$1.key" "${2:-echo}" ${3:-} > "$SCRATCH/peer" 2>&1 &
  on_exit "kill $! 2>/dev/null"
  wait_for 60 test -s "$SCRATCH/port" || fail "no peer: $(cat "$SCRATCH/peer")"
  port=$(cat "$SCRATCH/port")
}
# to it by mail-tlsd -c, as mailr; what comes is in $out: FIELD=VALUE...
to() {
  timeout 120 setpriv --reuid "$(role mailr)" --regid "$(role mailr)" --clear-groups \
    python3 "$stub/tlsdoor.py" out "$home" "$port" "$@" > "$out" 2>&1
}
got() { assertTrue "$1 in: $(head -c 2000 "$out")" "grep -qxE '$1' $out"; } # LINE...
# in the log, since the last mark
mark() { marked=$(wc -l < "$SCRATCH/log"); }
in_log() { tail -n +$((marked + 1)) "$SCRATCH/log" | grep -qE "$1"; }
logged() { wait_for 20 in_log "$1"; assertTrue "$1 in the log: $(tail -n 5 "$SCRATCH/log")" $?; }
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
  logged "failed ip=127.0.0.1 text=the.x20certificate.x20does.x20not.x20hold"
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
    echo hello | to
    got 'status=K'
    assertEquals "all that came is passed on first" 200000 "$(tr -dc Y < "$out" | wc -c)"
    got 'end'
    logged 'ended without close_notify ip=127.0.0.1'
  done
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
    logged 'broken ip=127.0.0.1'
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


run_tests
