# mail-remote and TLS: control/tlspolicy, STARTTLS, TLS from the first byte (tests/stub/smtpsink.py, tests/stub/tlsout.py)

. "$(dirname "$0")/../lib.sh"
. "$stub/remote.sh"
. "$stub/certs.sh"

offers='ehlo=250-sink|250-PIPELINING|250 STARTTLS'

oneTimeSetUp() {
  remote_setup
  certs_setup "$SCRATCH/certs" && certificate "$certs/good" 9 mx.x.test && certificate "$certs/old" -1 mx.x.test &&
    certificate "$certs/other" 9 mx.other.test relay.test sub.x.test || fail "no certificates"
  openssl x509 -in "$certs/good.crt" -badsig > "$certs/bent.crt" && cat "$certs/good.key" "$certs/bent.crt" > "$certs/bent"
  cp -r "$certs" "$certs.2"
  (certs_setup "$SCRATCH/certs.2") || fail "no second CA"
  mkdir -p "$home/run/tlsout"
  chmod 0755 "$home/run/tlsout"
  serve_tls
  good="starttls=then-tls:$certs/good:220 go"
}

# mail-tlsd, as the stub has it; $asked is what it was asked
serve_tls() {
  T=$SCRATCH/tlsout
  mkdir -p "$T"
  cp "$certs/ca.pem" "$T"
  echo > "$T/mode"
  : > "$T/asked"
  python3 -S "$stub/tlsout.py" "$home/run/tlsout/tls" "$T" &
  tlsd=$!
  on_exit "kill $tlsd 2>/dev/null"
  wait_for 60 test -S "$home/run/tlsout/tls"
}

policy() { printf '%s\n' "$@" > "$home/control/tlspolicy"; }
in_clear() { [ "$(count ' tls ')" = 0 ]; }
encrypted() { said '^report 1 . .* tls=TLSv1.3/TLS_[A-Z0-9_]*'"$1"'$'; }
mode() { echo "$1" > "$T/mode"; }

test_may_is_the_default() {
  sink 127.0.0.1 "$offers" "$good"
  { for i in 1 2; do echo "job $i $SCRATCH/m from@a.test b$i@x.test"; echo "wait $i"; done; echo nojobs; echo exit; } | remote
  assertTrue 'delivered' "said '^rcpt 2 0 K'"
  assertTrue 'by TLS' "encrypted"
  assertTrue 'so the second' "said '^report 2 .* tls=TLSv1.3/'"
  assertEquals 'what was said' 'EHLO STARTTLS EHLO MAIL RCPT DATA MAIL RCPT DATA QUIT' "$(sed -n 's/^1> \([A-Z]*\).*/\1/p' "$S/log" | xargs)"
  assertTrue 'an address is no name' "saw '^1 tls TLSv1.3 -$'"
  assertEquals 'every byte' "$(sed 's/^\./../; s/$/\r/' "$SCRATCH/m"; printf '.\r\n')" "$(cat "$S/msg.1")"
  assertTrue 'the end' "said '^exit 0$'"
}

test_none() {
  policy x.test:none
  sink 127.0.0.1 "$offers" "$good"
  one b@x.test
  assertTrue 'delivered' "said '^rcpt 1 0 K'"
  assertEquals 'no STARTTLS' 0 "$(count STARTTLS)"
  assertFalse 'nobody was asked' "grep -q 'asked for' '$SCRATCH/out'"
  policy :none 127.0.0.1:encrypt
  one b@x.test
  assertTrue 'the line of the host is before the one for all' "encrypted"
  policy :none 127.0.0.1:encrypt .test:none
  one b@x.test
  assertFalse 'and after that of the domain' "said 'tls='"
}

test_without_mail_tlsd() {
  policy :may
  mv "$home/run/tlsout/tls" "$home/run/tlsout/away"
  sink 127.0.0.1 "$offers" "$good" 'dot=then-close:250 ok'
  { for i in 1 2; do echo "job $i $SCRATCH/m from@a.test b$i@x.test"; echo "wait $i"; done; } | remote
  assertTrue 'delivered' "said '^rcpt 2 0 K'"
  assertEquals 'no STARTTLS' 0 "$(count STARTTLS)"
  assertEquals 'two sessions' 2 "$(count '^connect')"
  assertEquals 'but one look' 1 "$(grep -c 'asked for mail-tlsd: ENOENT' "$SCRATCH/out")"
  policy :encrypt
  one b@x.test
  assertTrue 'later' "said '^rcpt 1 0 Z 4.7.4 .* without TLS, which control/tlspolicy demands, and the TLS service cannot be reached$'"
  assertTrue 'strangers need not know' "said '^told 1 0 4.7.4 the next host is not to be talked to without TLS$'"
  assertEquals 'no message' 2 "$(count MAIL)"
  mv "$home/run/tlsout/away" "$home/run/tlsout/tls"
}

# LEVEL RESULT, for a host as it is
level() {
  policy "$1"
  before=$(count MAIL)
  one b@x.test
  said "^rcpt 1 0 $2" || fail "$1: $2"
  case $2 in K*) ;; *) assertEquals "$1: no message" "$before" "$(count MAIL)" ;; esac
}

test_a_stripped_offer() {
  sink 127.0.0.1
  for l in encrypt secure:mx.x.test "fingerprint:$(fingerprint "$certs/good")"; do
    level "x.test:$l" 'Z 4.7.4 .* does not offer STARTTLS'
  done
  level x.test:may K
  sink 127.0.0.1 'ehlo=502 what'
  level x.test:encrypt 'Z 4.7.4'
  level x.test:may K
}

# ACTION RESULT-UNDER-MAY RESULT-UNDER-ENCRYPT: the host's answer to STARTTLS
answer() {
  sink 127.0.0.1 "$offers" "starttls=$1"
  level x.test:encrypt "$3"
  level x.test:may "$2"
  assertEquals "$1: no handshake" '' "$(cat "$T/asked")"
}
test_refusals() {
  : > "$T/asked"
  answer '454 4.7.0 not now' K 'Z 4.7.0 .* answered STARTTLS: 454'
  answer '501 5.5.4 no' K 'Z 4.5.4 .* answered STARTTLS: 501'
  answer 'then-close:421 4.3.2 bye' 'Z 4.3.2' 'Z 4.3.2'
  answer '354 what' 'Z 4.5.0' 'Z 4.5.0 .* out of place to STARTTLS'
  answer 'close' K 'Z 4.4.2'
  impatient answer 'hang' K 'Z 4.4.2'
}
impatient() {
  echo 2 > "$home/control/timeoutremote"
  "$@"
  echo 30 > "$home/control/timeoutremote"
}

test_a_host_that_goes_on_in_clear() {
  for behind in '250-evil\r\n250 AUTH\r\n' '\r\n' 'x'; do
    sink 127.0.0.1 "$offers" "starttls=then-tls:$certs/good:raw:220 go\\r\\n$behind"
    answer="Z 4.7.0 .* went on in clear"
    level x.test:encrypt "$answer"
    level x.test:may "$answer"
  done
}

# nothing that the host says in the clear session counts in the other one
test_what_was_said_in_clear_is_forgotten() {
  policy x.test:may
  sink 127.0.0.1 'ehlo=250-sink|250-PIPELINING|250-SIZE 10|250-SMTPUTF8|250-DSN|250 STARTTLS' 'ehlo=250-sink|250 STARTTLS' "$good"
  { echo 'with ret=HDRS'; echo "job 1 $SCRATCH/m from@a.test a@x.test b@x.test"; echo wait 1; } | remote
  assertTrue 'no SIZE' "said '^rcpt 1 1 K'"
  assertTrue 'no DSN' "saw '^1> MAIL FROM:<from@a.test>$'"
  assertEquals 'one STARTTLS' 1 "$(count STARTTLS)"
}

# ACTION WORDS [LEVEL]: a handshake that fails
failing() {
  sink 127.0.0.1 "$offers" "starttls=$1"
  level "x.test:${3:-encrypt}" "Z 4.7.5 no TLS with 127.0.0.1\[127.0.0.1\]:$port: .*$2"
  policy x.test:may
  one b@x.test
  assertTrue "$1: in clear, in the same delivery" "said '^rcpt 1 0 K'"
  assertTrue "$1: the log has it" "said '^report 1 .* tls=failed$'"
  assertEquals "$1: connections" 3 "$(count '^connect')"
}
test_handshakes_that_fail() {
  failing 'then-rubbish:220 go' .
  failing 'then-close:220 go' .
}
test_a_handshake_that_stalls() { impatient failing 'then-hang:220 go' 'timed out'; }

# a certificate is looked at where that is demanded
demanding() { # CERTIFICATE POLICY WORDS
  sink 127.0.0.1 "$offers" "starttls=then-tls:$certs/$1:220 go"
  level "$2" "Z 4.7.5 no TLS with .*$3"
  assertTrue "strangers hear of the host" "said '^told 1 0 4.7.5 no TLS with the next host:'"
  level x.test:encrypt K
  assertTrue "$1: not verified" "encrypted"
}
test_certificates() {
  sink 127.0.0.1 "$offers" "$good"
  level x.test:secure:mx.x.test K
  assertTrue 'verified' "encrypted ,verified"
  level x.test:secure:.x.test,mx.other.test K
  level "x.test:secure:mx.x.test:$certs/ca.pem" K
  assertTrue 'its file' "grep -q '^N |mx.x.test|$certs/ca.pem$' '$T/asked'"
  level "x.test:fingerprint:$(fingerprint "$certs/old"),$(fingerprint "$certs/good")" K
  assertTrue 'verified' "encrypted ,verified"
  demanding old x.test:secure:mx.x.test expired
  demanding other x.test:secure:mx.x.test 'another name'
  demanding bent x.test:secure:mx.x.test 'signature failure'
  demanding good x.test:secure 'another name'           # 127.0.0.1 is none
  demanding good "x.test:secure:mx.x.test:$SCRATCH/certs.2/ca.pem" 'verify failed'
  demanding good "x.test:fingerprint:$(fingerprint "$certs/old")" fingerprint
}

test_names_of_a_relay() {
  echo 'relay.test A 127.0.0.1' > "$zone"
  sink 127.0.0.1 "$offers" "starttls=then-tls:$certs/other:220 go"
  echo "x.test:relay.test:$port" > "$home/control/smtproutes"
  level x.test:secure K
  assertTrue 'its own' "encrypted ,verified"
  assertTrue 'and asked for' "saw '^1 tls TLSv1.3 relay.test$'"
  level relay.test:secure K
  level .test:secure:relay.test K
  level x.test:secure:.x.test K
}

# what the DNS says is no proof of who a host is
test_names_of_mx_hosts() {
  two_sides 1 || return 0
  printf '%s\n' 'mx.x.test A 192.0.2.1' 'x.test MX 10 mx.x.test' 'y.test MX 10 mx.x.test' > "$SCRATCH/zone2"
  far_dns "$SCRATCH/zone2"
  rm -f "$home/control/smtproutes"
  S=$SCRATCH/mx
  mkdir "$S"
  ip netns exec $far python3 "$stub/smtpsink.py" "$S" 192.0.2.1:25 "$offers" "$good" & on_exit "kill $!"
  wait_for 60 test -f "$S/port"
  policy x.test:secure y.test:secure
  mx x.test b
  assertTrue 'one label below the domain' "said '^rcpt 1 0 K' && encrypted ,verified"
  assertEquals 'names' 'N mx.x.test|x.test .x.test|' "$(tail -n 1 "$T/asked")"
  mx y.test b
  assertTrue 'not the name of the MX host' "said '^rcpt 1 0 Z 4.7.5 no TLS with mx.x.test.*another name'"
  assertEquals 'no message' 1 "$(count MAIL)"
  policy mx.x.test:secure
  mx y.test b
  assertTrue 'but where a line names it' "said '^rcpt 1 0 K' && encrypted ,verified"
  near_dns
}

test_mail_tlsd_that_fails() {
  sink 127.0.0.1 "$offers" "$good"
  mode later
  level x.test:encrypt 'Z 4.7.4 no TLS with .*: no process is free$'
  level x.test:may K
  mode die
  level x.test:encrypt 'Z 4.7.4 no TLS with .*broke off'
  level x.test:may K
  mode lie
  level x.test:secure:mx.x.test 'Z 4.7.5 the certificate of .* was not verified$'
  level x.test:encrypt K
  mode 'drop 5'
  level x.test:encrypt 'Z 4.4.2'
  level x.test:may K
  mode 'drop 60'
  policy x.test:may
  one b@x.test
  assertTrue 'in the middle of a session' "said '^rcpt 1 0 Z 4.4.2'"
  mode mute
  impatient level x.test:encrypt 'Z 4.7.4 .*in time'
  mode
}

test_lmtp() {
  policy x.test:encrypt
  sink 127.0.0.1 'lhlo=250-sink|250 STARTTLS' "$good"
  echo "x.test:lmtp:127.0.0.1:$port" > "$home/control/transports"
  one b@x.test
  assertTrue 'delivered' "said '^rcpt 1 0 K'"
  assertTrue 'by TLS' "encrypted"
  assertEquals 'what was said' 'LHLO STARTTLS LHLO MAIL' "$(sed -n 's/^1> \([A-Z]*\).*/\1/p' "$S/log" | head -n 4 | xargs)"
  mkdir "$SCRATCH/u"
  python3 -S "$stub/smtpsink.py" "$SCRATCH/u" "$SCRATCH/u/lmtp" & on_exit "kill $!"
  wait_for 60 test -f "$SCRATCH/u/port"
  echo "x.test:lmtp:$SCRATCH/u/lmtp" > "$home/control/transports"
  one b@x.test
  assertTrue 'a Unix socket needs none' "said '^rcpt 1 0 K'"
  rm "$home/control/transports"
}

qmtp() { # SCRIPT
  n=$((n + 1))
  S=$SCRATCH/s$n
  mkdir "$S"
  python3 -S "$stub/netsink.py" "$S" 127.0.0.1 qmtp "$@" & on_exit "kill $!"
  wait_for 60 test -f "$S/port"
  echo "x.test:127.0.0.1:$(cat "$S/port")" > "$home/control/qmtproutes"
}
test_qmtp() {
  policy x.test:secure:mx.x.test
  qmtp "tls $certs/good;serve"
  one b@x.test c@x.test
  assertTrue 'delivered' "said '^rcpt 1 1 K 2.0.0 .*taken (unasked)$'"
  assertTrue 'by TLS' "encrypted ,verified"
  qmtp "tls $certs/old;serve"
  one b@x.test
  assertTrue 'not verified' "said '^rcpt 1 0 Z 4.7.5'"
  assertFalse 'no message' "test -e '$S/1.mess'"
  qmtp serve
  policy x.test:may
  one b@x.test
  assertTrue 'in clear' "said '^rcpt 1 0 K'"
  assertFalse 'as it was' "grep -q tls= '$SCRATCH/out'"
  rm "$home/control/qmtproutes"
}

test_tls_from_the_first_byte() {
  need_root || return 0
  sink 127.0.0.1:465 "tls=$certs/good"
  level x.test:encrypt K
  assertTrue 'by TLS' "encrypted"
  assertEquals 'no STARTTLS' 'EHLO MAIL' "$(sed -n 's/^1> \([A-Z]*\).*/\1/p' "$S/log" | head -n 2 | xargs)"
  level x.test:secure:mx.other.test 'Z 4.7.5 no TLS with .*another name'
  sink 127.0.0.2:465
  echo "x.test:127.0.0.2:465" > "$home/control/smtproutes"
  level x.test:encrypt 'Z 4.7.5'
  level x.test:none K
}

test_a_line_that_is_none() {
  sink 127.0.0.1 "$offers" "$good"
  policy x.test:enrypt y.test:secure
  one b@x.test
  assertTrue 'its mail waits' "said '^rcpt 1 0 Z 4.3.5 x.test has a line in control/tlspolicy that cannot be understood$'"
  assertTrue 'strangers need not know' "said '^told 1 0 4.3.5 x.test has no way to it now$'"
  assertTrue 'the log says why' "said 'control/tlspolicy must be domain:none, .*; this is not: x.test:enrypt$'"
}

# what a test waits for is not to be found in what the one before it left
setUp() { this=$_shunit_test_ why=; rm -f "$SCRATCH/out"; }

# mail-remote may not connect to it, mail-transport does
by_rspawn() { timeout 60 python3 -S "$stub/jobs.py" "$uid" "$home/bin/mail-rspawn" > "$SCRATCH/out" 2>&1; }
test_by_mail_rspawn() {
  policy x.test:secure:mx.x.test
  sink 127.0.0.1 "$offers" "$good"
  { for i in 1 2; do echo "job $i $SCRATCH/m from@a.test b$i@x.test"; done; echo wait 1; echo wait 2; echo nojobs; echo exit; } |
    by_rspawn
  assertEquals 'both' 2 "$(grep -c '^report .* tls=TLSv1.3/.*,verified$' "$SCRATCH/out")"
  assertTrue 'delivered' "said '^rcpt 2 0 K'"
}

# it came after mail-rspawn, which can start nothing any more that connects to it
test_a_service_that_is_new() {
  policy x.test:may
  sink 127.0.0.1 "$offers" "$good"
  mv "$home/run/tlsout/tls" "$home/run/tlsout/away"
  { echo "job 1 $SCRATCH/m from@a.test b@x.test"; echo wait 1; wait_for 60 said '^rcpt 1'; wait_for 60 no_remotes "$home"; mv "$home/run/tlsout/away" "$home/run/tlsout/tls"
    echo "job 2 $SCRATCH/m from@a.test b@x.test"; echo wait 2; echo exit; } | by_rspawn
  assertTrue 'in clear' "said '^rcpt 1 0 K'"
  assertTrue 'so the next' "said '^rcpt 2 0 K'"
  assertEquals 'no STARTTLS' 0 "$(count STARTTLS)"
  assertTrue 'but from now on' "said '^mail-rspawn: the service tls is new: starts anew$'"
  assertTrue 'mail-start starts it again' "said '^exit 111$'"
}

# the real mail-tlsd, which only mailr may ask
expect() { # POLICY RESULT [TLS]
  policy "$1"
  { echo "job 1 $SCRATCH/m from@a.test b@x.test"; echo wait 1; echo nojobs; echo exit; } | by_rspawn
  said "^rcpt 1 0 $2" || fail "$1: $2"
  [ -z "${3:-}" ] || said "^report 1 .* tls=$3" || fail "$1: $3"
}
host() { sink 127.0.0.1 "$offers" "starttls=then-tls:$certs/$1:220 go"; }
test_with_mail_tlsd() {
  need_root && need_tls || return 0
  kill "$tlsd"
  rm "$home/run/tlsout/tls"
  chmod 0750 "$home/run/tlsout"
  chmod -R a+rX "$certs" "$SCRATCH/certs.2"
  echo "$certs/ca.pem" > "$home/control/tlscafile"
  policy "z.test:secure:z.test:$SCRATCH/certs.2/ca.pem"
  "$home/bin/mail-start" tls > "$SCRATCH/tls.log" 2>&1 &
  on_exit "kill $!"
  wait_for 60 grep -q 'ready for servers' "$SCRATCH/tls.log" || fail "$(cat "$SCRATCH/tls.log")"
  host good
  expect x.test:may K 'TLSv1.3/TLS_[A-Z0-9_]*$'
  expect x.test:secure:mx.x.test K 'TLSv1.3/.*,verified$'
  expect "x.test:fingerprint:$(fingerprint "$certs/good")" K 'TLSv1.3/.*,verified$'
  expect x.test:secure:mx.other.test 'Z 4.7.5 no TLS with '
  expect "x.test:secure:mx.x.test:$SCRATCH/certs.2/ca.pem" 'Z 4.7.5 no TLS with '
  expect "x.test:fingerprint:$(fingerprint "$certs/other")" 'Z 4.7.5 no TLS with '
  host old
  expect x.test:secure:mx.x.test 'Z 4.7.5 no TLS with .*expired'
  expect x.test:encrypt K 'TLSv1.3/'
  host bent
  expect x.test:secure:mx.x.test 'Z 4.7.5 no TLS with .*signature failure'
  sink 127.0.0.1 "$offers" 'starttls=then-rubbish:220 go'
  expect x.test:encrypt 'Z 4.7.5 no TLS with '
  expect x.test:may K 'failed$'
  sink 127.0.0.1 "$offers" "$good" dot=hang
  policy x.test:may
  { echo "job 1 $SCRATCH/m from@a.test b@x.test"; echo wait 1; echo nojobs; echo exit; } | by_rspawn &
  job=$!
  wait_for 60 saw DATA || fail 'no DATA'
  kill -KILL $(pgrep -P "$(pgrep -d , -f "$home/bin/mail-tlsd -c")") || fail 'no process to kill'
  wait $job
  said '^rcpt 1 0 Z 4.4.2 .*' || fail 'a process that dies in the middle'
}

run_tests
