# mail-remote with a login: control/smtpauth (tests/stub/smtpsink.py, tests/stub/tlsout.py)

. "$(dirname "$0")/../lib.sh"
. "$stub/remote.sh"
. "$stub/certs.sh"

# of user "me", password "s3cret"
plain=$(printf '\0me\0s3cret' | base64)

oneTimeSetUp() {
  remote_setup
  certs_setup "$SCRATCH/certs" && certificate "$certs/good" 9 mx.x.test || fail "no certificates"
  T=$SCRATCH/tlsout
  mkdir -p "$T" "$home/run/tlsout"
  chmod 0755 "$home/run/tlsout"
  cp "$certs/ca.pem" "$T"
  echo > "$T/mode"
  python3 -S "$stub/tlsout.py" "$home/run/tlsout/tls" "$T" & on_exit "kill $!"
  wait_for 60 test -S "$home/run/tlsout/tls"
  group=$(awk '$1 == "mailr" { print $3 }' "$home.users")
  password relay s3cret
}

password() { # FILE TEXT
  printf '%s\n' "$2" > "$home/passwords/$1"
  chown "0:$group" "$home/passwords/$1"
  chmod 0640 "$home/passwords/$1"
}
logins() { printf '%s\n' "$@" > "$home/control/smtpauth"; }

# MECHANISMS KEY=ACTION...: a host that offers them, behind TLS
relay() {
  offer=$1
  shift
  sink 127.0.0.1 "ehlo=250-sink|250-PIPELINING|250-STARTTLS|250$offer" "starttls=then-tls:$certs/good:220 go" "$@"
  echo "x.test:secure:mx.x.test" > "$home/control/tlspolicy"
}
# what the first session heard between EHLO by TLS and MAIL
heard() { sed -n 's/^1> //p' "$S/log" | awk '/^EHLO/ { n++; next } /^MAIL|^QUIT/ { exit } n == 2' | xargs; }
job() { # SENDER RCPT
  echo "job ${3:-1} $SCRATCH/m $1 $2"
  echo "wait ${3:-1}"
}
from() { job "$1" b@x.test | remote; }

test_plain() {
  need_root || return 0
  logins x.test:me:relay
  relay ' AUTH LOGIN PLAIN XOAUTH2' 'auth=235 2.7.0 welcome'
  { job a@a.test b@x.test; job c@c.test b@x.test 2; } | remote
  assertTrue 'delivered' "said '^rcpt 1 0 K'"
  assertTrue 'and again' "said '^rcpt 2 0 K'"
  assertEquals 'one login' "AUTH PLAIN $plain" "$(heard)"
  assertEquals 'by one session' 1 "$(count '^connect')"
  assertFalse 'the password is not told' "grep -q 's3cret\|$plain' '$SCRATCH/out'"
}

test_login() {
  need_root || return 0
  logins x.test:me:relay
  relay '-AUTH=LOGIN|250 HELP' 'auth=334 VXNlcm5hbWU6' 'response=334 UGFzc3dvcmQ6' 'response=235 ok'
  from a@a.test
  assertTrue 'delivered' "said '^rcpt 1 0 K'"
  assertEquals 'step by step' "AUTH LOGIN bWU= czNjcmV0" "$(heard)"
}

test_a_long_password() {
  need_root || return 0
  long=$(head -c 255 /dev/zero | tr '\0' p)
  password long "$long"
  logins "x.test:$(head -c 255 /dev/zero | tr '\0' u):long"
  relay ' AUTH PLAIN' 'auth=334 ' 'response=235 ok'
  from a@a.test
  assertTrue 'delivered' "said '^rcpt 1 0 K'"
  assertEquals 'not in one command' 'AUTH PLAIN' "$(heard | sed 's/ [^ ]*$//')"
  password long "${long}p"
  from a@a.test
  assertTrue 'a longer one is none' "said '^rcpt 1 0 Z 4.3.5'"
  assertTrue 'the log says so' "said 'passwords/long: has a first line of more than 255 bytes$'"
}

# who has which login
test_whose_login() {
  need_root || return 0
  for p in all corp boss; do password $p "of-$p"; done
  echo "y.test:127.0.0.1:1" >> "$home/control/smtproutes"
  logins :all:all @corp.test:corp:corp boss@corp.test:boss:boss y.test:other:none
  relay ' AUTH PLAIN' 'auth=235 ok'
  { job a@a.test b@x.test 1; job x@corp.test b@x.test 2; job BOSS@Corp.test b@x.test 3; job y@corp.test b@x.test 4; job '<>' b@x.test 5
  } | remote
  assertEquals 'delivered' 5 "$(grep -c '^rcpt . 0 K' "$SCRATCH/out")"
  assertEquals 'each as himself' 'all/of-all corp/of-corp boss/of-boss corp/of-corp all/of-all' "$(sed -n 's/.*> AUTH PLAIN //p' "$S/log" |
    while read -r b; do echo "$b" | base64 -d | tr '\0' / | sed 's|^/||'; echo; done | xargs)"
  assertEquals 'a session each' 5 "$(count '^connect')"
  assertFalse 'what it cannot need it does not read' "grep -q passwords/none '$SCRATCH/out'"
  logins :all:all @corp.test:corp:corp x.test:
  from x@corp.test
  assertEquals 'an exception' 5 "$(count AUTH)"
  assertTrue 'delivered' "said '^rcpt 1 0 K'"
  logins :all:all x.test:me:relay @a.test:corp:corp
  from a@a.test
  assertTrue 'the line of the domain comes first' "saw 'AUTH PLAIN $plain'"
}

# those are for hosts that control/ names
test_no_login_for_hosts_of_the_dns() {
  need_root || return 0
  logins :me:gone
  relay ' AUTH PLAIN'
  echo "x.test::$port" > "$home/control/smtproutes"
  echo 'x.test MX 1 x.test' > "$zone"
  from a@a.test
  assertFalse 'no password is read' "grep -q passwords '$SCRATCH/out'"
}

refused() { # ACTION RESULT
  logins x.test:me:relay
  relay ' AUTH PLAIN' "auth=$1"
  from a@a.test
  said "^rcpt 1 0 $2" || fail "$1: $2"
  assertEquals "$1: no message" 0 "$(count MAIL)"
}
test_refusals_are_never_for_good() {
  need_root || return 0
  refused '535 5.7.8 bad' 'Z 4.7.8 .* answered AUTH: 535 5.7.8 bad$'
  refused '535 no' 'Z 4.7.8'
  refused '454 4.7.0 later' 'Z 4.7.0 .* answered AUTH: 454'
  refused '504 5.5.4 what' 'Z 4.5.4'
  refused '550 5.7.1 never' 'Z 4.7.1'
  refused 'then-close:421 4.3.2 bye' 'Z 4.3.2'
  refused '334 cnViYmlzaA==' 'Z 4.5.0 .* out of place to AUTH: 334'
  refused '250 fine' 'Z 4.5.0 .* out of place to AUTH: 250'
  refused 'raw:\x00\xff\r\n' 'Z 4.5.0 .* no sound reply to AUTH'
  refused close 'Z 4.4.2'
  logins x.test:me:relay
  relay ' AUTH XOAUTH2 CRAM-MD5'
  from a@a.test
  assertTrue 'other mechanisms' "said '^rcpt 1 0 Z 4.7.4 .* does not offer AUTH SCRAM-SHA-256, PLAIN or LOGIN, which'"
  relay ' SIZE'
  from a@a.test
  assertTrue 'none' "said '^rcpt 1 0 Z 4.7.4'"
}

# hosts that lock accounts count every attempt
test_a_login_that_is_refused_is_not_tried_again() {
  need_root || return 0
  logins :me:relay good@corp.test:good:relay
  printf '%s\n' 'relay.test A 127.0.0.1' 'relay.test A 127.0.0.2' > "$zone"
  relay ' AUTH PLAIN' 'auth=454 4.7.0 later'
  refusing 'auth=454 4.7.0 later'
  from a@a.test
  assertEquals 'later is later: each address is asked' 2 "$(count AUTH)"
  refusing 'auth=535 5.7.8 bad' 'auth=235 ok'
  { job a@a.test b@x.test; job b@a.test b@x.test 2; job good@corp.test b@x.test 3; job c@a.test b@x.test 4; } | remote
  assertEquals 'wrong is wrong, at every address and for the next message' 2 "$(count AUTH)"
  assertTrue 'the answer' "said '^rcpt 1 0 Z 4.7.8 .* answered AUTH: 535 5.7.8 bad$'"
  assertTrue 'the next' "said '^rcpt 2 0 Z 4.7.8 x.test has a login in control/smtpauth that was refused less than a minute ago$'"
  assertTrue 'strangers' "said '^told 2 0 4.7.8 x.test has no way to it now$'"
  assertTrue 'another login' "said '^rcpt 3 0 K'"
  assertTrue 'and the first again' "said '^rcpt 4 0 Z 4.7.8 x.test has a login'"
  refusing 'auth=535 5.7.8 bad'
  { echo "job 1 $SCRATCH/m pre@a.test-@[] b@x.test c@x.test d@x.test"; echo wait 1; } | remote
  assertEquals 'one for a message in copies' 1 "$(count AUTH)"
  assertEquals 'all wait' 3 "$(grep -c '^rcpt 1 . Z 4.7.8' "$SCRATCH/out")"
}
# KEY=ACTION...: a host with two addresses
refusing() {
  sink 0.0.0.0 "ehlo=250-sink|250-STARTTLS|250 AUTH PLAIN" "starttls=then-tls:$certs/good:220 go" "$@"
  echo "x.test:relay.test:$port" > "$home/control/smtproutes"
}

# never in clear, and never to a host that has not shown who it is
test_where_a_password_does_not_go() {
  need_root || return 0
  logins x.test:me:relay
  relay ' AUTH PLAIN' 'auth=235 ok'
  for level in none may encrypt; do
    echo "x.test:$level" > "$home/control/tlspolicy"
    from a@a.test
    said '^rcpt 1 0 Z 4.3.5 x.test has a login in control/smtpauth, but neither secure nor fingerprint in control/tlspolicy$' ||
      fail "$level"
    assertTrue "$level: strangers" "said '^told 1 0 4.3.5 x.test has no way to it now$'"
  done
  rm "$home/control/tlspolicy"
  from a@a.test
  assertTrue 'no policy' "said '^rcpt 1 0 Z 4.3.5'"
  echo x.test:secure:another.test > "$home/control/tlspolicy"
  from a@a.test
  assertTrue 'another host' "said '^rcpt 1 0 Z 4.7.5'"
  echo lie > "$T/mode"
  echo x.test:secure:mx.x.test > "$home/control/tlspolicy"
  from a@a.test
  assertTrue 'not verified' "said '^rcpt 1 0 Z 4.7.5'"
  echo > "$T/mode"
  assertEquals 'no AUTH' 0 "$(count AUTH)"
  sink 127.0.0.1 'ehlo=250-sink|250 AUTH PLAIN' 'auth=235 ok'
  from a@a.test
  assertTrue 'a stripped STARTTLS' "said '^rcpt 1 0 Z 4.7.4'"
  assertEquals 'no AUTH' 0 "$(count AUTH)"
}

# FILE WORDS
unusable() {
  logins "x.test:me:$1"
  relay ' AUTH PLAIN' 'auth=235 ok'
  from a@a.test
  said '^rcpt 1 0 Z 4.3.5 x.test has a login in control/smtpauth whose password cannot be read$' || fail "$1"
  said "^mail-remote: error: the password's file in control/smtpauth, .*/$1: $2" || fail "$1: $2"
}
test_files_with_passwords() {
  need_root || return 0
  unusable missing 'No such file'
  password open x
  chmod 0644 "$home/passwords/open"
  unusable open 'may be read by others'
  chmod 0660 "$home/passwords/open"
  unusable open 'may be read by others, or written'
  chmod 0600 "$home/passwords/open"
  unusable open 'Permission denied'
  chmod 0640 "$home/passwords/open"
  chown "$uid:$group" "$home/passwords/open"
  unusable open 'does not belong to root'
  password empty ''
  unusable empty 'has no password'
  mkdir -p "$home/passwords/folder"
  unusable folder 'is no regular file'
  printf 's3cret\r\nmore\n' > "$home/passwords/relay"
  logins x.test:me:relay
  relay ' AUTH PLAIN' 'auth=235 ok'
  from a@a.test
  assertEquals 'the first line, without its end' "AUTH PLAIN $plain" "$(heard)"
  logins x.test:me
  echo exit | remote
  assertTrue 'a wrong line stops all' "said '^exit 111$'"
  assertTrue 'and is told' "said 'control/smtpauth must be domain:login:file, .*; this is not: x.test:me$'"
}

# what mail-rspawn's lock lets it read: passwords/, and what was named at the start
test_by_mail_rspawn() {
  need_root || return 0
  mkdir -p "$SCRATCH/elsewhere"
  password relay s3cret
  cp -p "$home/passwords/relay" "$SCRATCH/elsewhere/relay"
  logins ":me:$SCRATCH/elsewhere/relay"
  relay ' AUTH PLAIN' 'auth=235 ok'
  { job a@a.test b@x.test; echo nojobs; echo exit; } |
    timeout 60 python3 -S "$stub/jobs.py" "$uid" "$home/bin/mail-rspawn" > "$SCRATCH/out" 2>&1
  assertTrue 'elsewhere' "said '^rcpt 1 0 K'"
  logins ":me:relay"
  { job a@a.test b@x.test; echo nojobs; echo exit; } |
    timeout 60 python3 -S "$stub/jobs.py" "$uid" "$home/bin/mail-rspawn" > "$SCRATCH/out" 2>&1
  assertTrue 'in its place' "said '^rcpt 1 0 K'"
}

# SCRAM is mail-tlsd's: where that does not do it, all is as if it was not offered
test_scram_without_the_service() {
  need_root || return 0
  logins x.test:me:relay
  relay ' AUTH SCRAM-SHA-256 LOGIN PLAIN' 'auth=235 ok'
  from a@a.test
  assertTrue 'delivered' "said '^rcpt 1 0 K'"
  assertEquals 'it was asked for the handshake and for SCRAM' 2 "$(grep -c 'asked for mail-tlsd: there' "$SCRATCH/out")"
  assertEquals 'nothing but PLAIN' "AUTH PLAIN $plain" "$(heard)"
  echo half > "$T/mode"
  relay ' AUTH SCRAM-SHA-256 PLAIN' 'auth=334 cj14' 'response=501 5.7.0 fine' 'auth=235 ok'
  from a@a.test
  echo > "$T/mode"
  assertTrue 'gone in the middle' "said '^rcpt 1 0 Z 4.7.0 no login at .* now: the TLS service broke off$'"
  assertEquals 'no other mechanism follows' 'AUTH SCRAM-SHA-256 biws *' "$(heard)"
  relay ' AUTH SCRAM-SHA-256 SCRAM-SHA-256-PLUS' 'auth=235 ok'
  from a@a.test
  assertTrue 'no other' "said '^rcpt 1 0 Z 4.7.4 no SCRAM-SHA-256 with .* now: the TLS service broke off$'"
  assertTrue 'strangers' "said '^told 1 0 4.7.4 no SCRAM-SHA-256 with the next host now$'"
  assertEquals 'no AUTH' 0 "$(count AUTH)"
}

test_mechanisms_in_ehloignore() {
  need_root || return 0
  logins x.test:me:relay
  echo 'x.test:scram-sha-256' > "$home/control/ehloignore"
  relay ' AUTH SCRAM-SHA-256 LOGIN PLAIN' 'auth=235 ok'
  from a@a.test
  assertEquals 'not even asked for' 1 "$(grep -c 'asked for mail-tlsd: there' "$SCRATCH/out")"
  assertEquals 'PLAIN' "AUTH PLAIN $plain" "$(heard)"
  echo 'x.test:PLAIN,SCRAM-SHA-256' > "$home/control/ehloignore"
  relay ' AUTH SCRAM-SHA-256 LOGIN PLAIN' 'auth=334 VXNlcm5hbWU6' 'response=334 UGFzc3dvcmQ6' 'response=235 ok'
  from a@a.test
  assertEquals 'LOGIN' "AUTH LOGIN bWU= czNjcmV0" "$(heard)"
  rm "$home/control/ehloignore"
}

# CASE ACTION RESULT [HEARD]: a job of its own, so a process of its own, and what the host heard in it before MAIL or QUIT
case_of() {
  cases=$((cases + 1))
  eval "case_$cases=\$1 result_$cases=\$3 heard_$cases=\${4:-}"
  set -- "$@" ""
  actions="$actions|auth=$2"
}
spoken() { sed -n "s/^$1> //p" "$S/log" | awk '/^EHLO/ { n++; next } /^MAIL/ { exit } n == 2' | sed 's/[A-Za-z0-9+/=]\{30,\}/./' | xargs; }

test_scram() {
  need_root && need_tls || return 0
  mv "$home/run/tlsout/tls" "$home/run/tlsout/stub"
  chmod 0750 "$home/run/tlsout"
  chmod -R a+rX "$certs"
  echo "$certs/ca.pem" > "$home/control/tlscafile"
  "$home/bin/mail-start" tls > "$SCRATCH/tls.log" 2>&1 & on_exit "kill $!"
  wait_for 60 grep -q 'ready for servers' "$SCRATCH/tls.log" || fail "$(cat "$SCRATCH/tls.log")"
  cases=0 actions=
  case_of 'right' scram:s3cret K 'AUTH SCRAM-SHA-256 . .'
  case_of 'many iterations' scram:s3cret:iterations=100000 K
  case_of 'another password' scram:secret 'Z 4.7.8 .* answered AUTH: 535 5.7.8 another password$' 'AUTH SCRAM-SHA-256 . . QUIT'
  case_of 'another signature' scram:s3cret:signature 'Z 4.7.0 .* failed at SCRAM-SHA-256: its signature is not' \
    'AUTH SCRAM-SHA-256 . . * QUIT'
  case_of 'no signature' scram:s3cret:silent 'Z 4.7.0 .* has not shown that it knows the password, and takes any$' 'AUTH SCRAM-SHA-256 . .'
  case_of 'at once' '235 2.7.0 come in' 'Z 4.7.0 .* has not shown' 'AUTH SCRAM-SHA-256 .'
  case_of 'an error' scram:secret:error 'Z 4.7.8 .* refuses the login: invalid-proof$' 'AUTH SCRAM-SHA-256 . . * QUIT'
  case_of 'another nonce' scram:s3cret:nonce 'Z 4.7.0 .*: its nonce does not begin with ours$' 'AUTH SCRAM-SHA-256 . * QUIT'
  case_of 'few iterations' scram:s3cret:iterations=4095 'Z 4.7.0 .*: it wants too few iterations$'
  case_of 'absurd iterations' scram:s3cret:iterations=2000000000 'Z 4.7.0 .*: it wants too many iterations$'
  case_of 'rubbish' scram:s3cret:rubbish 'Z 4.7.0 .*: what it said is no base64$'
  case_of 'no base64' '334 hello there' 'Z 4.7.0 .*: what it said is no base64$'
  case_of 'a long line' "334 $(head -c 1800 /dev/zero | tr '\0' A)" 'Z 4.7.0 .*: a line that is too long$'
  case_of 'unknown here' '504 5.5.4 what?' 'Z 4.5.4' 'AUTH SCRAM-SHA-256 . QUIT'
  case_of 'gone' close 'Z 4.4.2'
  IFS='|'
  # shellcheck disable=SC2086
  relay ' AUTH PLAIN SCRAM-SHA-256 LOGIN' ${actions#|}
  unset IFS
  echo ":127.0.0.1:$port" > "$home/control/smtproutes"
  echo ":secure:mx.x.test" > "$home/control/tlspolicy"
  logins :me:relay
  { i=0; while [ $((i += 1)) -le $cases ]; do job a@a.test b@x$i.test $i; done; echo nojobs; echo exit; } |
    timeout 100 python3 "$stub/jobs.py" "$uid" "$home/bin/mail-rspawn" > "$SCRATCH/out" 2>&1
  i=0
  while [ $((i += 1)) -le $cases ]; do
    eval "name=\$case_$i result=\$result_$i heard=\$heard_$i"
    said "^rcpt $i 0 $result" || fail "$name: $result"
    [ -z "$heard" ] || assertEquals "$name" "$heard" "$(spoken $i)"
  done
  assertEquals 'no other mechanism' 0 "$(count 'AUTH [PL]')"
  assertFalse 'the password is not told' "grep -q s3cret '$SCRATCH/out' '$SCRATCH/tls.log'"
}

run_tests
