#!/bin/sh
# mail-qmqpd.sh - one request, one answer; strangers; every bound, every cut; what reaches the queue

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"
. "$stub/netmail.sh"

protocol=qmqp
oneTimeSetUp() {
  smtpd_setup
  smtpd=$home/bin/mail-qmqpd
  export RELAYCLIENT=
}

test_one_answer_for_all() {
  forget
  TCPREMOTEIP=10.1.2.3 ask 'Subject: x\n\n.\nbody' 'list-@x.example-@[]' no@mx.example.org a@other.example 'b\nc' '<>'
  assertEquals 'K exit 0' "$(letters)"
  assertTrue "echo '$(reply 1)' | grep -q '^K2.0.0 ok [0-9]* qp 0[0-9a-f]*$'"
  assertEquals 'Flist-@x.example-@[]|Tno@mx.example.org|Ta@other.example|Tb
c|T|' "$(env_of 1)"
  assertTrue 'nobody is asked who exists' "[ ! -e '$store/asked' ]"
  mess 1 | head -n 1 | grep -q '^Received: by mx.example.org with QMQP; '
  assertTrue 'trace' $?
  assertEquals 'Subject: x

.
body' "$(mess 1 | sed 1d)"
  grep -q 'mail-qmqpd: accepted pid=[0-9]* ip=.* from=list-@x.example-@\[\] id=0.* rcpts=4 bytes=18$' "$SCRATCH/log"
  assertTrue "$(cat "$SCRATCH/log")" $?
  ask x a@b
  assertEquals 'no recipients are none' 'K exit 0' "$(letters)"
}

test_strangers() {
  forget
  unset RELAYCLIENT
  ask 'x\n' a@b yes@mx.example.org
  export RELAYCLIENT=
  assertEquals 'Z4.7.1 this host does not know you as one of its own clients' "$(reply 1)"
  assertEquals 'Z exit 0' "$(letters)"
  assertTrue "grep -q 'session ended.*RELAYCLIENT' '$SCRATCH/log'"
  assertEquals 0 "$(stored)"
}

test_messages_that_are_refused() {
  forget
  long=$(printf '%01003d' 0)
  cat > "$SCRATCH/bad" <<F
qmqp a\\r\\n a@b c@d
qmqp a\\0b\\n a@b c@d
qmqp x a\\0b c@d
qmqp x a@b c\\0d
qmqp x $long c@d
qmqp x a@b c@d $long
F
  each < "$SCRATCH/bad" > "$SCRATCH/answers"
  assertEquals 2 "$(grep -c '^D5.6.0 [^|]*$' "$SCRATCH/answers")"
  assertEquals 4 "$(grep -c '^D5.1.0 [^|]*$' "$SCRATCH/answers")"
  assertEquals 0 "$(stored)"
  DATABYTES=3 ask '1\n2' a@b c@d
  assertEquals 'as it is sent' 'K exit 0' "$(letters)"
  DATABYTES=3 ask 1234 a@b c@d
  assertContains "$(reply 1)" 'D5.3.4'
  ask 1234 a@b "${long#0}"
  assertEquals 'K exit 0' "$(letters)"
}

test_forms() {
  forget
  for bad in 'QUIT\r\n' '013:1:x,1:a,1:b,,' '12:1:x,1:a,1:b;,' '12:1:x,1:a,1:b,;' '11:1:x,1:a,1:b,,' '13:1:x,1:a,1:b,,' \
    '12:1:x,1:a,2:b,,' '12:1:x,9:a,1:b,,' '12:9:x,1:a,1:b,,' '4:1:x,,' '0:,' '3:1:x,' '233554433:' '65540:1:x,65537:'; do
    printf '%s\n' "raw $bad"
  done > "$SCRATCH/bad"
  assertEquals '' "$(each < "$SCRATCH/bad" | tr -d ' \n')"
  assertEquals 14 "$(grep -c 'session ended' "$SCRATCH/log")"
  assertEquals 0 "$(stored)"
  printf '%s\n' 'raw 12:1:x,1:a,1:b,,' > "$SCRATCH/good"
  assertContains 'the good one of these' "$(each < "$SCRATCH/good")" 'K2.0.0'
}

test_every_cut() {
  forget
  request 'x\n' a@b yes@mx.example.org > "$SCRATCH/in"
  assertEquals '' "$(netmail cuts "$smtpd" < "$SCRATCH/in" 2>&1)"
  converse -bytes
  assertEquals 'K exit 0' "$(letters)"
  all=$(wc -c < "$SCRATCH/in")
  wait_for 60 has_stored "$all"
  sleep 0.2
  assertEquals 'once for each cut of the whole, never for a part' "$all" "$(stored)"
  cat "$SCRATCH/in" "$SCRATCH/in" > "$SCRATCH/two"
  mv "$SCRATCH/two" "$SCRATCH/in"
  converse
  assertEquals 'one message a connection' 'K exit 0' "$(letters)"
}

test_the_queue_service_says_no() {
  forget
  echo '53 4.3.1 disk full' > "$store/answer"
  ask x a@b c@d
  assertEquals 'Z4.3.1 disk full' "$(reply 1)"
  echo '31 5.7.1 a virus' > "$store/answer"
  ask x a@b c@d
  assertEquals 'D5.7.1 a virus' "$(reply 1)"
  echo die > "$store/answer"
  ask x a@b c@d
  assertEquals 'Z exit 0' "$(letters)"
  forget
  services_stop
  ask x a@b c@d
  assertEquals 'Z exit 0' "$(letters)"
  services_start
}

test_random_requests() {
  forget
  assertEquals '' "$(netmail random "$smtpd" 200)"
  wait_for 60 has_stored 6
  assertTrue 'some were taken' "[ $(stored) -gt 5 ]"
  assertEquals 'no CR, no NUL' '' "$(LC_ALL=C grep -lP '[\r\000]' "$store"/*.mess)"
}

run_tests
