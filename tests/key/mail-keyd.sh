#!/bin/sh
# mail-keyd - what it signs, for whom, and all that it does not

. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/queue/lib.sh"

oneTimeSetUp() {
  queue_home || exit 1
  has_tls && command -v openssl > /dev/null || return 0
  klog=$SCRATCH/keyd.log ksock=$home/run/key/key work=$SCRATCH/work
  mkdir "$work"
  chown "$(role_uid mailt)" "$work"
  certificate ec.example EC -pkeyopt ec_paramgen_curve:P-256
  certificate ec384.example EC -pkeyopt ec_paramgen_curve:P-384
  certificate rsa.example RSA
  certificate pss.example RSA-PSS
  certificate ed.example ED25519
  keyd_start
  on_exit 'kill $keyd 2>/dev/null'
}

certificate() { # NAME KIND OPTION...
  mkdir -p "$home/tls/$1"
  name=$1 kind=$2
  shift 2
  openssl genpkey -algorithm "$kind" "$@" -out "$SCRATCH/new.key" 2>/dev/null
  openssl req -x509 -new -key "$SCRATCH/new.key" -subj "/CN=$name" -days 30 -out "$home/tls/$name/cert" 2>/dev/null
  install_key "$name" "$SCRATCH/new.key"
}
# by rename, as an administrator should
install_key() { # NAME FILE
  (umask 077; cat "$2" > "$home/tls/$1/key.new")
  [ $ROOT = no ] || chown "root:$(role_gid mailk)" "$home/tls/$1/key.new"
  chmod 0640 "$home/tls/$1/key.new"
  mv "$home/tls/$1/key.new" "$home/tls/$1/key"
}
keyd_start() {
  exec 9<>"$life"
  : > "$klog"
  rm -f "$ksock"        # the last one's
  "$stub/listen" -p "$ksock" "$life" "$(role_uid mailk):$(role_gid mailk)" "$home/bin/mail-keyd" 2>> "$klog" 9<&- &
  keyd=$!
  wait_for 60 test -S "$ksock"
}
# what a caller says, as mailt or who is named by KEYD_AS
keyd() { (cd "$work" && exec_as "${KEYD_AS:-mailt}" "$stub/keyd.py" "$ksock" "$@"); }
ask() { keyd ask "$1" "$home/tls/$1/cert" "$2" "$3"; } # NAME SCHEME FORM
logged() { assertTrue "the log has $1: $(cat "$klog")" "grep -q '$1' '$klog'"; }

verifies() { # NAME DIGEST OPTION...
  openssl x509 -in "$home/tls/$1/cert" -noout -pubkey > "$SCRATCH/pub"
  digest=$2
  shift 2
  openssl dgst "-$digest" "$@" -verify "$SCRATCH/pub" -signature "$work/signature" "$work/text"
}
signs() { # NAME SCHEME FORM DIGEST OPTION...
  said=$(ask "$1" "$2" "$3")
  assertEquals "$1 $2 $3: $said" K "${said%% *}"
  n=$1
  shift 3
  assertEquals "$n" "Verified OK" "$(verifies "$n" "$@" 2>&1)"
}
refuses() { # WORDS NAME SCHEME FORM
  said=$(ask "$2" "$3" "$4")
  assertEquals "$2 $3 $4" "$1" "$said"
}

test_it_signs_handshakes() {
  need_tls && need openssl openssl || return 0
  pss="-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"
  signs ec.example 0403 tls13 sha256
  signs ec.example 0503 tls12 sha384
  signs ec384.example 0503 tls13 sha384
  signs rsa.example 0401 tls12 sha256
  signs rsa.example 0601 tls12 sha512
  # shellcheck disable=SC2086
  signs rsa.example 0804 tls13 sha256 $pss
  # shellcheck disable=SC2086
  signs rsa.example 0806 tls12 sha512 $pss
  # shellcheck disable=SC2086
  signs pss.example 080a tls13 sha384 $pss
  assertEquals K "$(ask ed.example 0807 tls13 | cut -c1)"
  openssl x509 -in "$home/tls/ed.example/cert" -noout -pubkey > "$SCRATCH/pub"
  assertTrue "openssl pkeyutl -verify -pubin -inkey '$SCRATCH/pub' -rawin -in '$work/text' -sigfile '$work/signature' > /dev/null"
}

test_nothing_else_is_signed() {
  need_tls && need openssl openssl || return 0
  text="D this is no text of a server's handshake"
  for form in tls13-client tls13-short tls12-group tls12-dhe 00 ''; do refuses "$text" ec.example 0403 "$form"; done
  for bytes in 20 28 32 48 64 145 512; do
    head -c $bytes /dev/urandom > "$work/bytes"
    refuses "$text" rsa.example 0401 "@bytes"
  done
  printf 'From: a@b.example\n\nA message\n' > "$work/bytes"
  refuses "$text" ec.example 0403 "@bytes"
  openssl req -x509 -new -key "$SCRATCH/new.key" -subj /CN=x -outform DER -out "$work/bytes" 2>/dev/null
  head -c 500 "$work/bytes" > "$work/cut"
  refuses "$text" ec.example 0403 "@cut"
  logged 'refused name=ec.example: this is no text'
}

test_a_key_signs_in_its_own_ways_alone() {
  need_tls && need openssl openssl || return 0
  none="D no handshake is signed this way"
  for scheme in 0000 0101 0201 0203 0301 0303 0202 0808 ffff 10804; do refuses "$none" rsa.example $scheme tls12; done
  for scheme in 0401 0501 0601; do refuses "$none" rsa.example $scheme tls13; done
  other="D this key does not sign this way"
  refuses "$other" rsa.example 0403 tls13
  refuses "$other" rsa.example 0809 tls13
  refuses "$other" pss.example 0804 tls13
  refuses "$other" pss.example 0401 tls12
  refuses "$other" ec.example 0804 tls13
  refuses "$other" ec.example 0503 tls13
  refuses "$other" ec384.example 0403 tls13
  refuses "$other" ed.example 0403 tls13
}

test_a_name_is_no_path() {
  need_tls && need openssl openssl || return 0
  cp "$home/tls/ec.example/key" "$home/control/key"
  for name in ../control ../tls/ec.example ec.example/../rsa.example ./ec.example . .. '' /etc ec.example/ EC.example 'ec example'; do
    assertEquals "$name" 'D this is no name of a certificate' "$(keyd ask "$name" "$home/tls/ec.example/cert" 0403 tls13)"
  done
  rm "$home/control/key"
  assertEquals 'Z has no key' "$(keyd ask nobody.example "$home/tls/ec.example/cert" 0403 tls13)"
}

test_records_that_are_none() {
  need_tls && need openssl openssl || return 0
  for hex in 00 01 02 ff 0100000001 01000000ff61 "01$(printf '%04096d' 0)"; do
    assertEquals "$hex" 'D a request was not understood' "$(keyd raw $hex)"
  done
  assertEquals 'and it lives' K "$(ask ec.example 0403 tls13 | cut -c1)"
}

test_only_mailt_is_served() {
  need_root && need_tls && need openssl openssl || return 0
  assertEquals closed "$(KEYD_AS=maild ask ec.example 0403 tls13 2>&1 | tail -n 1 | grep -o 'closed\|Permission denied' | sed s/Perm.*/closed/)"
  chmod 0755 "$home/run/key"
  for who in maild mailr 65000; do assertEquals $who closed "$(KEYD_AS=$who keyd raw 01)"; done
  chmod 0750 "$home/run/key"
  logged "refused a connection of uid $(role_uid maild): only mailt is served"
  assertEquals 'key is for mailk alone' '640 root' "$(stat -c '%a %U' "$home/tls/ec.example/key")"
  for who in maild mailt mailr mailq; do
    assertFalse "$who" "setpriv --reuid $(role_uid $who) --regid $(role_gid $who) --clear-groups cat '$home/tls/ec.example/key' 2>/dev/null"
  done
}

test_a_key_that_is_exchanged() {
  need_tls && need openssl openssl || return 0
  certificate new.example EC -pkeyopt ec_paramgen_curve:P-256
  cp "$home/tls/new.example/cert" "$SCRATCH/old.cert"
  signs new.example 0403 tls13 sha256
  certificate new.example EC -pkeyopt ec_paramgen_curve:P-256
  signs new.example 0403 tls13 sha256
  assertEquals 'a handshake that began before' K "$(keyd ask new.example "$SCRATCH/old.cert" 0403 tls13 | cut -c1)"
  certificate new.example RSA
  signs new.example 0401 tls12 sha256
  other='Z the key is another one than the certificate'"'s"
  assertEquals 'two before' "$other" "$(keyd ask new.example "$SCRATCH/old.cert" 0403 tls13)"
  assertEquals "$other" "$(keyd ask new.example - 0403 tls13)"
  rm "$home/tls/new.example/key"
  assertEquals 'removed' 'Z has no key' "$(keyd ask new.example "$home/tls/new.example/cert" 0403 tls13)"
  rm -r "$home/tls/new.example"
}

test_keys_that_cannot_be_used() {
  need_tls && need openssl openssl || return 0
  mkdir -p "$home/tls/bad.example"
  cp "$home/tls/ec.example/cert" "$home/tls/bad.example/cert"
  bad() { : > "$klog"; assertEquals "$1" 'Z the key cannot be used' "$(ask bad.example 0403 tls13)"; logged 'tls/bad.example/key'; }
  echo rubbish > "$SCRATCH/bad"
  install_key bad.example "$SCRATCH/bad"
  bad rubbish
  head -c 100 "$home/tls/ec.example/key" > "$SCRATCH/bad"
  install_key bad.example "$SCRATCH/bad"
  bad 'cut off'
  openssl ec -in "$home/tls/ec.example/key" -aes128 -passout pass:secret -out "$SCRATCH/bad" 2>/dev/null
  install_key bad.example "$SCRATCH/bad"
  bad 'with a password'
  head -c 70000 /dev/zero > "$SCRATCH/bad"
  install_key bad.example "$SCRATCH/bad"
  bad 'too large'
  rm "$home/tls/bad.example/key"
  mkfifo -m 0666 "$home/tls/bad.example/key"
  bad 'a fifo'
  rm "$home/tls/bad.example/key"
  if [ $ROOT = yes ]; then
    (umask 077; cp "$home/tls/ec.example/key" "$home/tls/bad.example/key")
    bad 'not readable'
    rm "$home/tls/bad.example/key"
    cp "$home/tls/ec.example/key" "$home/control/elsewhere"
    chown "$(role_uid mailk)" "$home/control/elsewhere"
    ln -s ../../control/elsewhere "$home/tls/bad.example/key"
    if grep -q landlock /sys/kernel/security/lsm 2>/dev/null; then bad 'not below tls'; fi
    rm "$home/tls/bad.example/key" "$home/control/elsewhere"
  fi
  install_key bad.example "$home/tls/ec.example/key"
  signs bad.example 0403 tls13 sha256
  rm -r "$home/tls/bad.example"
}

# as when the system has no more descriptors for the moment
open_files() { as mailk prlimit --pid $keyd "--nofile=$1:"; } # NUMBER
test_a_key_that_cannot_be_read_for_a_moment() {
  need_root && need_tls && need openssl openssl && need prlimit util-linux || return 0
  certificate moment.example EC -pkeyopt ec_paramgen_curve:P-256
  sleep 3       # since then a change would show
  open_files $(($(find "/proc/$keyd/fd" -type l | wc -l) + 1))  # for a connection
  assertEquals 'Z the key cannot be used' "$(ask moment.example 0403 tls13)"
  assertEquals 'Z the key cannot be used' "$(ask moment.example 0403 tls13)"
  open_files 1000
  assertEquals 'told once' 1 "$(grep -c 'unable to read .*moment.example/key' "$klog")"
  signs moment.example 0403 tls13 sha256
  rm -r "$home/tls/moment.example"
}

test_default_may_be_a_link() {
  need_tls && need openssl openssl || return 0
  ln -s ec.example "$home/tls/default"
  signs default 0403 tls13 sha256
  rm "$home/tls/default"
}

test_many_and_silent_ones() {
  need_tls && need openssl openssl || return 0
  : > "$klog"
  said=$(ulimit -n 4096; keyd silent 1000 many 50 ec.example "$home/tls/ec.example/cert")
  assertEquals 'silent ones are in nobody'"'s way" 50 "$said"
  assertEquals 'after them' K "$(ask ec.example 0403 tls13 | cut -c1)"
  assertFalse 'and no line of trouble' "grep -q 'unable\|fatal' '$klog'"
}

test_locked_in() {
  need_tls && need openssl openssl || return 0
  assertEquals 'no new privileges, a filter' '1 2' "$(awk '/^(NoNewPrivs|Seccomp):/ { printf "%s%s", s, $2; s = " " }' "/proc/$keyd/status")"
  assertTrue 'usage' "'$home/bin/mail-keyd' x 2>/dev/null; [ \$? = 100 ]"
}

test_it_ends_with_the_lifeline_and_at_term() {
  need_tls && need openssl openssl || return 0
  kill "$keyd"
  wait "$keyd"
  assertEquals TERM 0 $?
  keyd_start
  assertEquals K "$(ask ec.example 0403 tls13 | cut -c1)"
  exec 9>&-
  wait "$keyd"
  assertEquals 'mail-start is gone' 0 $?
  assertEquals '' "$(grep fatal "$klog")"
}

run_tests
