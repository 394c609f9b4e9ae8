#!/bin/sh
# mail-qmtpd.sh - requests and their answers: every class, every bound, every cut; what reaches the queue

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

. "$stub/netmail.sh"

protocol=qmtp
oneTimeSetUp() {
  smtpd_setup
  smtpd=$home/bin/mail-qmtpd
}

test_every_recipient_has_its_answer() {
  forget
  ask '\nSubject: x\n\nbody\n' a@b.example yes@mx.example.org no@mx.example.org later@mx.example.org x@other.example \
    yes2@mx.example.org
  assertEquals 'K D Z D K exit 0' "$(letters)"
  assertTrue 'log matchers find "ok N qp"' "echo '$(reply 1)' | grep -q '^K2.0.0 ok [0-9]* qp 0[0-9a-f]*$'"
  assertEquals 'D5.1.1 nobody has this address here' "$(reply 2)"
  assertEquals 'Z4.3.0 cannot find out now whether this address exists' "$(reply 3)"
  assertEquals 'D5.7.1 relaying refused: this host takes no mail for that domain' "$(reply 4)"
  assertEquals 1 "$(stored)"
  assertEquals 'Fa@b.example|Tyes@mx.example.org|Tyes2@mx.example.org|' "$(env_of 1)"
  mess 1 | sed -n 2p | grep -q '^  by mx.example.org with QMTP; '
  assertTrue 'trace' $?
  assertEquals 'Subject: x

body' "$(mess 1 | sed 1,2d)"
  grep -q 'mail-qmtpd: accepted pid=[0-9]* ip=<> from=a@b.example id=0.* rcpts=2 bytes=17$' "$SCRATCH/log"
  assertTrue 'log' $?
  grep -q 'mail-qmtpd: refused pid=[0-9]* ip=<> from=a@b.example to=no@mx.example.org: 550 5.1.1 ' "$SCRATCH/log"
  assertTrue 'log of refusals' $?
}

test_nobody_left() {
  forget
  ask '\nx\n' a@b.example no@mx.example.org x@other.example
  assertEquals 'D D exit 0' "$(letters)"
  ask '\nx\n' a@b.example
  assertEquals 'exit 0' "$(letters)"
  assertEquals 0 "$(stored)"
}

test_line_ends() {
  forget
  cat > "$SCRATCH/good" <<'F'
qmtp \ra\r\n\r\n.\r\n.b\r\nend a@b yes@mx.example.org
qmtp \na\n\n.\n.b\nend a@b yes@mx.example.org
qmtp \r a@b yes@mx.example.org
qmtp \n a@b yes@mx.example.org
F
  assertEquals 4 "$(each < "$SCRATCH/good" | grep -c '^K2[^|]*$')"
  assertEquals 'a||.|.b|end' "$(mess 1 | sed 1,2d | tr '\n' '|')"
  assertEquals 'a||.|.b|end' "$(mess 2 | sed 1,2d | tr '\n' '|')"
  assertEquals '' "$(mess 3 | sed 1,2d)"
  assertEquals '' "$(mess 4 | sed 1,2d)"
  for bad in '\na\r\n' '\na\rb' '\na\0b' '\n\r' '\ra\n' '\ra\rb\r\n' '\ra\r' '\r\r\n\r' '\r\n' '\ra\0\r\n' \
    '\r\r' '\ra\r\n.\n.\r\n' '<>' 'a\n' '\0'; do
    printf '%s\n' "qmtp $bad a@b yes@mx.example.org yes@mx.example.org"
  done > "$SCRATCH/bad"
  each < "$SCRATCH/bad" > "$SCRATCH/answers"
  assertEquals 12 "$(grep -c '^D5.6.0 the message has a .* | D5.6.0 the message has a ' "$SCRATCH/answers")"
  assertEquals 3 "$(grep -c '^D5.6.0 the message does not begin with LF or CR.* | D' "$SCRATCH/answers")"
  assertEquals 4 "$(stored)"
}

test_many_messages_on_one_connection() {
  forget
  for i in 1 2 3 4 5 6 7 8 9; do
    request "\nnumber $i\n" "s$i@b.example" yes@mx.example.org no@mx.example.org
    request '\nbad\r\n' "s$i@b.example" yes@mx.example.org
  done > "$SCRATCH/in"
  converse
  assertEquals 'K D D K D D K D D K D D K D D K D D K D D K D D K D D exit 0' "$(letters)"
  assertEquals 9 "$(stored)"
  assertEquals 'Fs7@b.example|Tyes@mx.example.org|' "$(env_of 7)"
  assertEquals 'number 7' "$(mess 7 | tail -n 1)"
  request '\nx\n' a@b yes@mx.example.org > "$SCRATCH/one"
  cat "$SCRATCH/one" "$SCRATCH/one" > "$SCRATCH/in"
  converse -bytes
  assertEquals 'K K exit 0' "$(letters)"
}

test_every_cut() {
  forget
  request '\nx\n' a@b yes@mx.example.org > "$SCRATCH/in"
  assertEquals '' "$(netmail cuts "$smtpd" < "$SCRATCH/in" 2>&1)"
  all=$(($(wc -c < "$SCRATCH/in") - 1))
  wait_for 60 has_stored "$all"
  sleep 0.2
  assertEquals 'once for each cut of the whole, never for a part' "$all" "$(stored)"
}

# what is no netstring ends the connection: nothing is answered, nothing queued
test_forms() {
  forget
  for bad in 'GET\x20/\x20HTTP/1.0\r\n\r\n' '03:\nx\n,3:a@b,22:18:yes@mx.example.org,,' ':' ',' '-1:' '0' '00:,' '1x:' \
    '\x203:\nx\n' '3:\nx\n;3:a@b,22:18:yes@mx.example.org,,' '3:\nx\n,3:a@b;22:18:yes@mx.example.org,,' \
    '3:\nx\n,3:a@b,22:18:yes@mx.example.org;,' '3:\nx\n,3:a@b,22:18:yes@mx.example.org,;' \
    '3:\nx\n,3:a@b,21:18:yes@mx.example.org,,' '3:\nx\n,3:a@b,23:18:yes@mx.example.org,,' \
    '3:\nx\n,3:a@b,22:19:yes@mx.example.org,,' '3:\nx\n,3:a@b,1:1,' '3:\nx\n,3:a@b,2:1:,' '3:\nx\n,3:a@b,3:99:,' \
    '200000001:\n' '99999999999999999999999999:' '18446744073709551617:\n' '3:\nx\n,65537:' '3:\nx\n,3:a@b,4194305:'; do
    printf '%s\n' "raw $bad"
  done > "$SCRATCH/bad"
  assertEquals '' "$(each < "$SCRATCH/bad" | tr -d ' \n')"
  assertEquals 24 "$(grep -c 'session ended' "$SCRATCH/log")"
  assertEquals 0 "$(stored)"
  printf '%s\n' 'raw 3:\nx\n,3:a@b,22:18:yes@mx.example.org,,' > "$SCRATCH/good"
  assertContains 'the good one of these' "$(each < "$SCRATCH/good")" 'K2.0.0'
  : > "$SCRATCH/in"
  converse
  assertEquals 'exit 0' "$out"
  assertEquals 'a client that says nothing is no news' '' "$(cat "$SCRATCH/log")"
}

test_addresses() {
  forget
  for bad in @mx.example.org yes@ 'yes@-x.example' 'yes@[1.2.3.400]' 'a\nb@mx.example.org' 'a\x7f@mx.example.org' \
    'a\xff@mx.example.org' "$(printf '%0901d' 0)@mx.example.org" 'y@mx.example.org>' 'a@b\x20c'; do
    printf '%s\n' "qmtp \nx\n a@b $bad yes@mx.example.org" "qmtp \nx\n $bad yes@mx.example.org"
  done > "$SCRATCH/bad"
  each < "$SCRATCH/bad" > "$SCRATCH/answers"
  assertEquals 10 "$(grep -c '^D5.1.3 .* | K2' "$SCRATCH/answers")"
  assertEquals 10 "$(grep -c '^D5.1.7 [^|]*$' "$SCRATCH/answers")"
  ask '\nx\n' a@b bare Postmaster 'a b"@c@mx.example.org' '<>'
  assertEquals 'D K K D exit 0' "$(letters)"
  ask '\nx\n' bare yes@mx.example.org
  assertContains "$(reply 1)" 'D5.1.7 the sender'
  ask '\nx\n' '<>' yes@mx.example.org
  n=$(stored)
  assertEquals 'F|Tyes@mx.example.org|' "$(env_of "$n")"
  assertEquals 'Fa@b|TPostmaster@mx.example.org|Ta b"@c@mx.example.org|' "$(env_of $((n - 1)))"
}

test_who_may() {
  forget
  echo @bad.example > "$home/control/badmailfrom"
  ask '\nx\n' a@bad.example yes@mx.example.org
  assertEquals 'D5.7.1 this sender'"'"'s mail is not taken here' "$(reply 1)"
  echo other.example > "$home/control/rcpthosts"
  ask '\nx\n' a@b.example x@other.example
  assertEquals 'K exit 0' "$(letters)"
  rm "$home/control/rcpthosts"
  export RELAYCLIENT=.tail.example TCPREMOTEIP=10.1.2.3
  ask '\nx\n' me x@elsewhere.example bare
  unset RELAYCLIENT TCPREMOTEIP
  assertEquals 'K K exit 0' "$(letters)"
  assertEquals 'Fme@mx.example.org|Tx@elsewhere.example.tail.example|Tbare@mx.example.org.tail.example|' "$(env_of 2)"
  assertNotContains "$(mess 2)" 10.1.2.3
}

test_sizes_and_hops() {
  forget
  export DATABYTES=100
  ask "\n$(printf '%0100d' 0)" a@b yes@mx.example.org
  assertEquals 'K exit 0' "$(letters)"
  ask "\r$(printf '%098d' 0)\r\n" a@b yes@mx.example.org
  assertEquals 'as it is sent' 'K exit 0' "$(letters)"
  ask "\r$(printf '%099d' 0)\r\n" a@b yes@mx.example.org
  assertEquals 'CR LF are two' 'D exit 0' "$(letters)"
  ask "\n$(printf '%0101d' 0)" a@b yes@mx.example.org x@other.example
  unset DATABYTES
  assertContains "$(reply 1)" 'D5.3.4'
  assertContains "$(reply 2)" 'D5.3.4'
  hops=$(yes 'Received: x\n' | head -n 100 | tr -d '\n')
  ask "\n$hops\n" a@b yes@mx.example.org
  assertEquals 'K exit 0' "$(letters)"
  ask "\n$hops""Received: x\n\n" a@b yes@mx.example.org
  assertContains "$(reply 1)" 'D5.4.6'
  echo 2 > "$home/control/maxrcpt"
  ask '\nx\n' a@b yes@mx.example.org yes2@mx.example.org yes3@mx.example.org
  assertEquals 'K K Z exit 0' "$(letters)"
}

test_a_large_message() {
  forget
  python3 -B -I -S - "$stub" > "$SCRATCH/in" <<'P'
import sys
sys.path.append(sys.argv[1])
import netmail
sys.stdout.buffer.write(netmail.qmtp(b"\r" + b"0123456789abcde\r\n" * 300000, b"a@b", [b"yes@mx.example.org"] * 500))
P
  converse
  assertEquals 500 "$(echo "$out" | grep -c '^K2.0.0')"
  assertEquals 4800000 "$(mess 1 | sed 1,2d | wc -c)"
}

test_refused_recipients_are_budgeted() {
  forget
  echo 0 > "$home/control/tarpitcount"
  echo 3 > "$home/control/brtlimit"
  {
    request '\nx\n' a@b no1@mx.example.org yes@mx.example.org no2@mx.example.org no3@mx.example.org yes@mx.example.org
    request '\nx\n' a@b yes@mx.example.org
  } > "$SCRATCH/in"
  converse
  assertEquals 'D K D D Z exit 0' "$(letters)"
  assertEquals 'Fa@b|Tyes@mx.example.org|' "$(env_of 1)"
  assertEquals 'the second message is not taken' 1 "$(stored)"
  assertTrue "grep -q 'session ended.*: too many refused recipients' '$SCRATCH/log'"
  echo 1 > "$home/control/tarpitcount"
  start=$(date +%s%N)
  ask '\nx\n' a@b no@mx.example.org no@mx.example.org
  assertTrue 'the second waits' "[ $(($(date +%s%N) - start)) -gt 900000000 ]"
}

test_bad_addresses_are_budgeted() {
  forget
  echo 0 > "$home/control/tarpitcount"
  echo 3 > "$home/control/brtlimit"
  ask '\nx\n' a@b a@b..c yes@mx.example.org 'a b@' no@mx.example.org @ yes@mx.example.org
  assertEquals 'D K D D Z Z exit 0' "$(letters)"
  assertEquals 'D5.1.3 this is no address: the domain begins with a dot, or has two in a row' "$(reply 1)"
  assertTrue "grep -q 'session ended.*: too many refused recipients' '$SCRATCH/log'"
  ask '\nx\n' a@b. yes@mx.example.org
  assertEquals 'D5.1.7 the sender is no address: the domain ends in a dot' "$(reply 1)"
}

# put off or refused, there is an end of asking
test_recipients_tried_are_budgeted() {
  forget
  echo 1 > "$home/control/maxrcpt"
  # shellcheck disable=SC2046
  ask '\nx\n' a@b $(yes later@mx.example.org | head -n 300)
  assertEquals 300 "$(echo "$out" | grep -c '^Z')"
  assertEquals 202 "$(grep -c later "$store/asked")"
  assertTrue "grep -q 'session ended.*: too many recipients that were not taken' '$SCRATCH/log'"
}

test_bytes_are_budgeted() {
  forget
  echo 5 > "$home/control/sessionbytes"
  { request '\nxxx\n' a@b yes@mx.example.org; request '\nyy\n' a@b yes@mx.example.org; request '\nz\n' a@b yes@mx.example.org; } \
    > "$SCRATCH/in"
  converse
  rm "$home/control/sessionbytes"
  assertEquals 'K K exit 0' "$(letters)"
  assertEquals 2 "$(stored)"
  assertTrue "grep -q 'session ended.*: too many bytes' '$SCRATCH/log'"
}

test_who_is_named_twice() {
  forget
  ask '\nx\n' a@b yes@mx.example.org yes2@mx.example.org no@mx.example.org yes@MX.example.org yes@mx.example.org
  assertEquals 'K K D K K exit 0' "$(letters)"
  assertEquals 'Fa@b|Tyes@mx.example.org|Tyes2@mx.example.org|' "$(env_of 1)"
  assertTrue "grep -q 'accepted.* rcpts=2 ' '$SCRATCH/log'"
}

# in less than quadratic time: each of sixty thousand twice
test_many_named_twice() {
  forget
  echo relayed.example > "$home/control/rcpthosts"
  echo 200000 > "$home/control/maxrcpt"
  assertEquals 120000 "$(python3 -B -I -S - "$stub" "$smtpd" <<'P'
import sys
sys.path.append(sys.argv[1])
import netmail
everybody = [b"u%d@relayed.example" % i for i in range(60000)] * 2
print(netmail.talk(sys.argv[2], netmail.qmtp(b"\nx\n", b"a@b", everybody))[0].count(b":K2.0.0 "))
P
  )"
  assertEquals 60000 "$(env_of 1 | tr '|' '\n' | grep -c '^T')"
}

test_fruitless_requests_are_budgeted() {
  forget
  for _ in $(seq 120); do printf '3:\nx\n,3:a@b,0:,'; done > "$SCRATCH/in"
  printf '3:\nx\n,3:a@b,22:18:yes@mx.example.org,,' >> "$SCRATCH/in"
  converse
  assertEquals 'exit 0' "$(letters)"
  assertTrue "grep -q 'too many messages that were not taken' '$SCRATCH/log'"
}

test_the_queue_service_says_no() {
  forget
  echo '53 4.3.1 disk full' > "$store/answer"
  ask '\nx\n' a@b yes@mx.example.org no@mx.example.org yes@mx.example.org
  assertEquals 'Z D Z exit 0' "$(letters)"
  assertEquals 'Z4.3.1 disk full' "$(reply 1)"
  echo '31 5.7.1 a virus' > "$store/answer"
  ask '\nx\n' a@b yes@mx.example.org
  assertEquals 'D5.7.1 a virus' "$(reply 1)"
  echo die > "$store/answer"
  for i in 1 2; do request '\nx\n' a@b yes@mx.example.org; done > "$SCRATCH/in"
  converse
  assertEquals 'Z Z exit 0' "$(letters)"
}

test_no_services() {
  forget
  services_stop
  for i in 1 2; do
    (
      SCRATCH=$SCRATCH/$i
      mkdir "$SCRATCH"
      [ $i = 2 ] && export RELAYCLIENT=
      ask '\nx\n' a@b yes@mx.example.org x@other.example
      letters > "$SCRATCH/letters"
    ) &
  done
  wait_for 60 test -s "$SCRATCH/1/letters"
  wait_for 60 test -s "$SCRATCH/2/letters"
  assertEquals 'Z Z exit 0' "$(cat "$SCRATCH/1/letters")"
  assertEquals 'Z Z exit 0' "$(cat "$SCRATCH/2/letters")"
  services_start
}

test_slow_clients() {
  forget
  echo 1 > "$home/control/timeoutsmtpd"
  : > "$SCRATCH/in"
  converse -hold
  assertEquals 'exit 0' "$out"
  printf '3:\nx\n,3:a@' > "$SCRATCH/in"
  converse -hold
  assertEquals 'exit 0' "$out"
  assertTrue "grep -q 'session ended.*: time is over' '$SCRATCH/log'"
  assertEquals 0 "$(stored)"
}

test_random_requests() {
  forget
  echo 0 > "$home/control/tarpitcount"
  assertEquals '' "$(netmail random "$smtpd" 200)"
  wait_for 60 has_stored 3
  assertTrue 'some were taken' "[ $(stored) -gt 2 ]"
  assertEquals 'no CR, no NUL' '' "$(LC_ALL=C grep -lP '[\r\000]' "$store"/*.mess)"
}

test_unusable_settings_refuse() {
  need_root || return 0
  forget
  mkdir "$home/control/rcpthosts"
  ask '\nx\n' a@b yes@mx.example.org
  rmdir "$home/control/rcpthosts"
  assertEquals 'Z4.3.0 this host cannot take mail now' "$(reply 1)"
  assertEquals 'Z exit 111' "$(letters)"
}

run_tests
