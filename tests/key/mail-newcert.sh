#!/bin/sh
# mail-newcert - what it takes and installs, what it refuses, and that nothing half-done is ever seen

. "$(dirname "$0")/../lib.sh"

oneTimeSetUp() {
  has_tls && command -v openssl > /dev/null || return 0
  home=$SCRATCH/home
  instance "$home" Mail.Example.org || exit 1
  mailk=$(awk '$1 == "mailk" { print $3 }' "$home.users")
  ready
  key root ca issuer a b
  new_cert root root 'CN=a root' 'basicConstraints=critical,CA:TRUE' -x509
  new_cert ca root 'CN=an authority' 'basicConstraints=critical,CA:TRUE'
  new_cert a ca 'CN=a.example' 'subjectAltName=DNS:a.example,DNS:*.b.example'
  new_cert b ca 'CN=b.example' 'subjectAltName=DNS:b.example'
  cat a.cert ca.cert root.cert > full
  cd "$TOP" || exit 1
}

ready() { need_tls && need openssl openssl && cd "$SCRATCH"; }
key() { for k; do openssl ecparam -name prime256v1 -genkey -noout -out "$k.key" 2>/dev/null; done; }
# FILE.cert for FILE.key, signed by ISSUER; OPTIONs are openssl x509's or, with -x509, none
new_cert() { # FILE ISSUER SUBJECT EXTENSION [OPTION...]
  f=$1 issuer=$2 subject=$3
  echo "$4" > ext
  shift 4
  [ "${1:-}" != -x509 ] || {
    openssl req -x509 -new -key "$f.key" -subj "/$subject" -days 30 -out "$f.cert" 2>/dev/null
    return
  }
  [ $# != 0 ] || set -- -days 30
  openssl req -new -key "$f.key" -subj "/$subject" -out req 2>/dev/null
  openssl x509 -req -in req -CA "$issuer.cert" -CAkey "$issuer.key" -CAcreateserial -extfile ext "$@" -out "$f.cert" 2>/dev/null
}
newcert() {
  "$home/bin/mail-newcert" "$@" 2> err
  code=$?
}
installs() {
  newcert "$@"
  assertEquals "$*: $(cat err)" 0 $code
}
refuses() { # WORDS ARGUMENT...
  words=$1
  shift
  before=$(cat "$home"/tls/*/* 2>/dev/null | cksum)
  newcert "$@"
  assertEquals "$*" 100 $code
  grep -q "$words" err || fail "$* gives: $(cat err)"
  assertEquals "what was there stays" "$before" "$(cat "$home"/tls/*/* 2>/dev/null | cksum)"
  assertFalse "nothing is left" "[ -e '$home/tls/.new' ]"
}
public() { openssl x509 -in "$1" -noout -pubkey; }
belong() { [ "$(public "$home/tls/$1/cert")" = "$(openssl pkey -in "$home/tls/$1/key" -pubout)" ]; }

test_it_installs() {
  ready || return 0
  installs a.example full a.key
  assertTrue 'they belong together' 'belong a.example'
  assertEquals 'the whole chain' 3 "$(grep -c BEGIN "$home/tls/a.example/cert")"
  [ $ROOT = no ] || assertEquals "0:0 644 0:$mailk 640" "$(stat -c '%u:%g %a' "$home/tls/a.example/cert" "$home/tls/a.example/key" | xargs)"
  assertEquals 755 "$(stat -c %a "$home/tls/a.example")"
  installs A.Example full a.key
  installs '*.b.example' full a.key
  assertTrue 'a wildcard' 'belong _.b.example'
  installs _.b.example full a.key
  installs x.b.example full a.key
  installs default full a.key
  assertEquals 'nothing else' '.lock _.b.example a.example default x.b.example' "$(ls -A "$home/tls" | LC_ALL=C sort | xargs)"
}

test_nobody_else_holds_it_up() {
  ready && need_root || return 0
  stranger_locks "$home/tls" || fail 'no lock'
  timeout 30 "$home/bin/mail-newcert" -s other.example
  assertEquals 0 $?
  rm -r "$home/tls/other.example"
}

test_exchange() {
  ready || return 0
  cat b.cert ca.cert root.cert > chain
  installs b.example chain b.key
  key new
  new_cert new ca CN=b.example subjectAltName=DNS:b.example
  cat new.cert ca.cert root.cert > chain
  while cat "$home/tls/b.example/cert" "$home/tls/b.example/key" > copy || echo missing; do :; done > seen 2>&1 &
  reader=$!
  installs b.example chain new.key
  assertTrue 'the new ones' 'belong b.example'
  assertEquals "$(public new.cert)" "$(public "$home/tls/b.example/cert")"
  cat b.cert ca.cert root.cert > chain
  for i in 1 2 3 4 5; do installs b.example chain b.key; done
  kill $reader 2>/dev/null
  wait $reader 2>/dev/null
  assertEquals 'always there' '' "$(cat seen)"
  mkdir -p "$home/tls/.new"
  echo rest > "$home/tls/.new/key"
  installs b.example chain b.key
  rm -rf "$home/tls/default"
  ln -s b.example "$home/tls/default"
  installs default full a.key
  assertTrue 'a link gives way' 'belong default && [ ! -L "$home/tls/default" ]'
  assertTrue 'and what it led to stays' 'belong b.example'
  echo mine > "$home/tls/b.example/note"
  installs b.example chain b.key
  assertEquals 'other files are kept' mine "$(cat "$home/tls/.former/note")"
  rm -r "$home/tls/.former"
}

test_what_does_not_belong_together() {
  ready || return 0
  refuses 'is not that of the key' a.example full b.key
  cat ca.cert a.cert > chain
  refuses 'certificate 2 .* is the key.s: put it first' a.example chain a.key
  cat a.cert root.cert ca.cert > chain
  refuses 'certificate 2 .* did not issue the one before it' a.example chain a.key
  cat a.cert ca.cert b.cert > chain
  refuses 'certificate 3 .* did not issue' a.example chain a.key
  refuses 'is not for this name, but for a.example' other.example full a.key
  refuses 'is not for this name' b.example full a.key
  refuses 'is not for this name' '*.a.example' full a.key
}

test_chains_that_end_early() {
  ready || return 0
  installs a.example a.cert a.key
  assertTrue 'a site of its own authority knows' "grep -q 'warning: .*a.cert: clients must know its issuer.*an authority' err"
  new_cert a ca CN=a.example 'subjectAltName=DNS:a.example
authorityInfoAccess=caIssuers;URI:http:''//ca.example/ca.crt'
  refuses 'give the whole chain (fullchain.pem)' a.example a.cert a.key
  cat a.cert ca.cert root.cert > chain
  installs a.example chain a.key
  assertEquals '' "$(cat err)"
}

test_dates() {
  ready || return 0
  key old
  new_cert old ca CN=old.example subjectAltName=DNS:old.example -days -1
  cat old.cert ca.cert root.cert > chain
  refuses 'has expired' old.example chain old.key
  printf '%s\n' '[ca]' default_ca=d '[d]' database=index serial=serial new_certs_dir=. default_md=sha256 policy=p \
    x509_extensions=e '[p]' commonName=supplied '[e]' subjectAltName=DNS:old.example > later.cnf
  : > index
  echo 77 > serial
  openssl req -new -key old.key -subj /CN=old.example -out req 2>/dev/null
  openssl ca -batch -config later.cnf -cert ca.cert -keyfile ca.key -in req -startdate 20800101000000Z -enddate 20810101000000Z \
    -notext -out later.cert 2>/dev/null
  cat later.cert ca.cert root.cert > chain
  refuses 'is not valid before Jan  1 00:00:00 2080' old.example chain old.key
}

test_damaged_files() {
  ready || return 0
  refuses 'no certificate in PEM' a.example a.key a.key
  refuses 'no private key in PEM' a.example full a.cert
  : > empty
  refuses 'no certificate in PEM' a.example empty a.key
  refuses 'no private key in PEM' a.example full empty
  sed '3s/.....$/*****/' a.cert > bad
  refuses 'is damaged' a.example bad a.key
  head -n 5 a.cert > bad
  refuses 'is damaged' a.example bad a.key
  openssl ec -in a.key -aes128 -passout pass:x -out bad 2>/dev/null
  refuses 'with a password' a.example full bad
  head -c 300000 /dev/zero > bad
  refuses 'too large' a.example bad a.key
  refuses 'unable to open nothing' a.example nothing a.key
  cat full a.key > both
  installs a.example both both
  assertEquals 'no key beside the certificates' 0 "$(grep -c PRIVATE "$home/tls/a.example/cert")"
}

test_kinds_of_keys() {
  ready || return 0
  for kind in 'RSA -pkeyopt rsa_keygen_bits:2048' 'EC -pkeyopt ec_paramgen_curve:P-384' ED25519; do
    # shellcheck disable=SC2086
    openssl genpkey -algorithm $kind -out k.key 2>/dev/null
    new_cert k ca CN=k.example subjectAltName=DNS:k.example
    cat k.cert ca.cert root.cert > chain
    installs k.example chain k.key
  done
  for kind in 'RSA -pkeyopt rsa_keygen_bits:1024' 'EC -pkeyopt ec_paramgen_curve:secp256k1' ED448; do
    # shellcheck disable=SC2086
    openssl genpkey -algorithm $kind -out k.key 2>/dev/null
    new_cert k ca CN=k.example subjectAltName=DNS:k.example
    cat k.cert ca.cert root.cert > chain
    refuses 'key' k.example chain k.key
  done
  new_cert k ca CN=k.example 'subjectAltName=DNS:k.example
extendedKeyUsage=clientAuth'
  openssl genpkey -algorithm ED25519 -out k.key 2>/dev/null
  new_cert k ca CN=k.example 'subjectAltName=DNS:k.example
extendedKeyUsage=clientAuth'
  cat k.cert ca.cert root.cert > chain
  refuses 'is not for servers' k.example chain k.key
  new_cert k ca CN=k.example basicConstraints=CA:FALSE
  cat k.cert ca.cert root.cert > chain
  installs k.example chain k.key
  assertTrue 'a warning' "grep -q 'warning: .*subjectAltName' err"
}

test_self_signed() {
  ready || return 0
  installs -s s.example
  assertTrue 'they belong together' 'belong s.example'
  assertTrue 'it verifies itself' "openssl verify -verify_hostname s.example -CAfile '$home/tls/s.example/cert' '$home/tls/s.example/cert' > /dev/null"
  assertTrue 'ten years' "openssl x509 -in '$home/tls/s.example/cert' -noout -checkend 315000000 > /dev/null"
  assertEquals 'for servers, P-256' 'prime256v1' "$(openssl x509 -in "$home/tls/s.example/cert" -noout -text | sed -n 's/.*ASN1 OID: //p')"
  installs -s default
  assertTrue 'the name of this host' "openssl x509 -in '$home/tls/default/cert' -noout -checkhost mail.example.org | grep -q 'does match'"
  installs -s '*.s.example'
  assertTrue 'a wildcard' "openssl x509 -in '$home/tls/_.s.example/cert' -noout -checkhost x.s.example | grep -q 'does match'"
  long=$(printf '%060d.%060d.%060d.example' 1 2 3)
  installs -s "$long"
  assertTrue 'a long name' "openssl x509 -in '$home/tls/$long/cert' -noout -checkhost $long | grep -q 'does match'"
  installs s.example "$home/tls/s.example/cert" "$home/tls/s.example/key"
  installs -s s.example
}

test_wrong_use() {
  ready || return 0
  for name in '' .. ../x a/b 'a b' .a a. a..b é.example '*' 'a.*.example'; do
    refuses "no host's name" "$name" full a.key
    refuses "no host's name" -s "$name"
  done
  for use in '' a.example 'a.example full' '-s' '-s a b' '-x a.example' 'a b c d'; do
    # shellcheck disable=SC2086
    refuses usage: $use
  done
}

# The service tls, and a listener that hands connections to it: $port.
serving() {
  need_root || return 1
  [ -z "${service:-}" ] || return 0
  "$home/bin/mail-start" tls > log 2>&1 &
  service=$!
  on_exit 'kill $service 2>/dev/null; wait $service'
  wait_for 60 grep -q 'ready for clients' log || fail "$(cat log)"
  maild=$(awk '$1 == "maild" { print $2 }' "$home.users")
  mkdir -m 0777 door
  setpriv --reuid "$maild" --regid "$maild" --clear-groups python3 -S "$stub/tlsdoor.py" in "$home" "$SCRATCH/door/port" > door.log 2>&1 &
  on_exit "kill $!"
  wait_for 60 test -s door/port || fail "$(cat door.log)"
  port=$(cat door/port)
}
# The certificate that a client gets, as its public key: NAME, or - for a client that names none
presented() {
  case $1 in -) set -- -noservername ;; *) set -- -servername "$1" ;; esac
  openssl s_client -connect "127.0.0.1:$port" "$@" < /dev/null > s_client 2>&1 || return 0    # a failed one shows it, too
  openssl x509 -in s_client -noout -pubkey 2>/dev/null
}
gets() { assertEquals "$1 gets $2: $(tail -n 2 log)" "$(public "$2.cert")" "$(presented "$1")"; } # NAME FILE
fails_to() { assertEquals "$1" '' "$(presented "$1")"; }

test_the_next_handshake_has_it() {
  ready && serving || return 0
  rm -rf "$home"/tls/*
  fails_to a.example
  key n m w
  new_cert a ca CN=a.example subjectAltName=DNS:a.example
  new_cert n ca CN=a.example subjectAltName=DNS:a.example
  new_cert m ca CN=mail.example.org subjectAltName=DNS:mail.example.org
  new_cert w ca CN=w.example 'subjectAltName=DNS:*.w.example'
  newcert a.example a.cert a.key
  gets a.example a
  gets - a
  newcert a.example n.cert n.key
  gets A.Example n
  newcert '*.w.example' w.cert w.key
  gets x.w.example w
  gets X.W.EXAMPLE w
  fails_to -
  fails_to y.x.w.example
  fails_to w.example
  newcert mail.example.org m.cert m.key
  for name in - y.x.w.example other.example; do gets $name m; done
  newcert default b.cert b.key
  for name in - other.example; do gets $name b; done
  rm -r "$home/tls/default"
  ln -s a.example "$home/tls/default"
  gets - n
  gets x.w.example w
  rm "$home/tls/default"
  rm -r "$home/tls/_.w.example"
  gets x.w.example m
}

test_files_exchanged_by_hand() {
  ready && serving || return 0
  newcert mail.example.org m.cert m.key
  newcert a.example n.cert n.key
  gets a.example n
  cat a.cert > "$home/tls/a.example/cert"
  cat a.key > "$home/tls/a.example/key"
  gets a.example a
  echo rubbish > "$home/tls/a.example/cert"
  gets a.example a
  assertTrue 'the log tells' "grep -q 'error: this is damaged.*tls/a.example/cert' log"
  cat w.cert > "$home/tls/a.example/cert"
  fails_to a.example
  assertTrue 'why' "wait_for 20 grep -q 'the key is another one than the certificate' log"
  gets mail.example.org m
  newcert a.example n.cert n.key
  gets a.example n
}

# mail-start holds the socket: what waits there is served by the next one
test_mail_keyd_killed() {
  ready && serving || return 0
  newcert mail.example.org m.cert m.key
  gets mail.example.org m
  keyd=$(pgrep -P $service -f bin/mail-keyd)
  kill -STOP "$keyd"
  presented mail.example.org > waited &
  asked=$!
  wait_for 20 waits_for_a_signature
  kill -KILL "$keyd"
  wait $asked
  assertEquals 'a handshake under way' "$(public m.cert)" "$(cat waited)"
  gets mail.example.org m
}
waits_for_a_signature() { pgrep -P "$(pgrep -P $service -f 'mail-tlsd -s')"; }

run_tests
