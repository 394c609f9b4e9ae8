#!/bin/sh
# starter.sh - programs of the site's own in a session: QMAILQUEUE in the place of the queue

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() { smtpd_setup; }

program() { # NAME < SCRIPT - becomes bin/NAME
  { echo '#!/bin/sh'; cat; } > "$home/bin/$1"
  chmod 0755 "$home/bin/$1"
}
read_all='cat > /dev/null; cat <&1 > /dev/null'
message() { talk 'HELO c.example' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA "$@" . QUIT; }
# what was said after the dot, with the filter SCRIPT
after_dot() {
  printf '%s\n' "$1" | program filter
  message x
  reply 6
}

test_message_goes_to_the_program() {
  forget
  mkdir -m 0777 "$SCRATCH/got"
  program filter <<EOF
cat > $SCRATCH/got/mess
cat <&1 > $SCRATCH/got/env
ls -l /proc/self/fd | sed -n 's|.* \([0-9]*\) -> \(.*\)|\1 \2|p' | grep -v 'fd$' > $SCRATCH/got/fds
grep -h NoNewPrivs /proc/self/status > $SCRATCH/got/status
echo "\$# \$PWD \$TCPREMOTEIP \${RELAYCLIENT-unset} \$TCPREMOTEINFO" > $SCRATCH/got/args
EOF
  export QMAILQUEUE=bin/filter TCPREMOTEIP=192.0.2.1 TCPREMOTEINFO='() { :;}; x'
  message Subject:\ x '' '..' body
  message Subject:\ x '' '..' body
  RELAYCLIENT=@relay.example; export RELAYCLIENT
  mode='-bytes'
  message Subject:\ x '' '..' body
  mode=
  assertEquals '220 250 250 250 354 250 221 exit 0' "$(codes)"
  assertTrue 'answer' "reply 6 | grep -q '^250 2.0.0 ok [0-9]* qp [1-9][0-9]*$'"
  assertEquals 'Fa@b.example|Tyes@mx.example.org@relay.example||' "$(tr '\0' '|' < "$SCRATCH/got/env")"
  assertEquals 'Subject: x

.
body' "$(sed 1d "$SCRATCH/got/mess")"
  assertEquals "0 $home 192.0.2.1 @relay.example  () { :;}; x" "$(cat "$SCRATCH/got/args")"
  assertEquals 'not locked in' '	0' "$(sed 's/NoNewPrivs://' "$SCRATCH/got/status")"
  assertEquals 'descriptors' '0 1 2 4 6 ' "$(sed 's/ .*//' "$SCRATCH/got/fds" | grep -vx 3 | tr '\n' ' ')"
  assertFalse 'no client' "grep -q socket '$SCRATCH/got/fds'"
  assertEquals 'nothing went to the queue' 0 "$(stored)"
  unset QMAILQUEUE RELAYCLIENT TCPREMOTEIP TCPREMOTEINFO
}

test_extensions_that_the_program_cannot_keep_are_not_offered() {
  forget
  talk 'EHLO c' QUIT
  assertTrue 'without' "echo '$out' | grep -q '^250[- ]DSN'"
  export QMAILQUEUE=bin/filter
  talk 'EHLO c' 'MAIL FROM:<a@b.example> SMTPUTF8' 'MAIL FROM:<a@b.example> RET=FULL' 'MAIL FROM:<a@b.example> ENVID=x' \
    'MAIL FROM:<a@b.example> SIZE=9 BODY=8BITMIME' 'RCPT TO:<yes@mx.example.org> NOTIFY=NEVER' \
    'RCPT TO:<yes@mx.example.org> ORCPT=rfc822;x' 'RCPT TO:<yes@mx.example.org>' QUIT
  assertFalse 'with' "echo '$out' | grep -qE '^250[- ](DSN|SMTPUTF8)'"
  assertEquals '220 250 555 555 555 250 555 555 250 221 exit 0' "$(codes)"
  unset QMAILQUEUE
}

test_codes_of_the_program() {
  forget
  export QMAILQUEUE=bin/filter
  for answer in 0:250 11:554 31:554 40:554 115:554 1:451 10:451 41:451 51:451 53:451 71:451 81:451 82:451 91:451 99:451 \
    100:451 111:451 120:451 255:451; do
    assertEquals "$answer" "${answer#*:}" "$(after_dot "$read_all; exit ${answer%:*}" | cut -c1-3)"
  done
  assertEquals 'killed' 451 "$(after_dot 'kill -9 $$' | cut -c1-3)"
  QMAILQUEUE=bin/missing
  assertEquals 'missing' 451 "$(after_dot '' | cut -c1-3)"
  unset QMAILQUEUE
  assertEquals 'nothing went to the queue' 0 "$(stored)"
}

test_words_of_the_program() {
  forget
  export QMAILQUEUE=bin/filter
  for fd in 4 6; do for code in 82 88; do
    assertEquals '554 5.7.1 not wanted' "$(after_dot "$read_all; printf 'Dnot wanted' >&$fd; exit $code")"
    assertEquals '451 4.7.1 come again' "$(after_dot "$read_all; printf 'Zcome again' >&$fd; exit $code")"
  done; done
  assertEquals '554 5.6.0 own code' "$(after_dot 'printf "D5.6.0 own code" >&4; exit 82')"
  assertEquals '554 5.7.1 4.6.0 other class' "$(after_dot 'printf "D4.6.0 other class" >&4; exit 82')"
  assertEquals '554 5.7.1 two?lines?' "$(after_dot 'printf "Dtwo\nlines\r" >&6; exit 88')"
  assertEquals 'no words' '451' "$(after_dot 'exit 88' | cut -c1-3)"
  assertEquals 'another letter' '451' "$(after_dot 'printf Kx >&4; exit 82' | cut -c1-3)"
  assertEquals 'words, another code' '554 5.3.0' "$(after_dot 'printf Zx >&4; exit 31' | cut -c1-9)"
  assertEquals 'bounded' 264 "$(after_dot 'yes D | tr -d "\n" | head -c 5000 >&4; exit 82' | awk '{ print length($0) }')"
  unset QMAILQUEUE
}

test_program_that_does_not_read_it_all() {
  forget
  export QMAILQUEUE=bin/filter
  head -c 400000 /dev/zero | tr '\0' x | fold -w 70 > "$SCRATCH/long"
  for answer in 0:451 31:554; do
    echo "exit ${answer%:*}" | program filter
    # shellcheck disable=SC2046
    message $(cat "$SCRATCH/long")
    assertEquals "${answer#*:}" "$(reply 6 | cut -c1-3)"
  done
  unset QMAILQUEUE
}

# QMTP reads the message all the same, and does not wait 30 seconds for what has not begun
not_started() {
  start=$(date +%s)
  # four descriptors are in use; the program would need six more
  answers=$( (ulimit -Sn 8; printf '3:\nx\n,3:a@b,23:19:yes1@mx.example.org,,3:\nx\n,3:a@b,23:19:yes2@mx.example.org,,' |
    QMAILQUEUE=bin/filter "$home/bin/mail-qmtpd") 2> "$SCRATCH/log")
  [ $(($(date +%s) - start)) -lt 25 ]
}
test_program_that_cannot_be_started() {
  forget
  not_started || not_started || not_started
  assertTrue 'at once, unless the machine stalls each time' $?
  assertEquals '37:Z4.3.0 the queue is not available now,37:Z4.3.0 the queue is not available now,' "$answers"
}

test_message_refused_by_the_server_is_no_message_for_the_program() {
  forget
  program filter <<EOF
cat > /dev/null
cat <&1 >> $SCRATCH/got/envelopes
EOF
  export QMAILQUEUE=bin/filter
  echo 1000 > "$home/control/databytes"
  body=$(head -c 3000 /dev/zero | tr '\0' x)
  talk 'HELO c' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA "$body" . \
    'MAIL FROM:<a@b.example>' 'RCPT TO:<yes2@mx.example.org>' DATA x . QUIT
  assertEquals '220 250 250 250 354 552 250 250 354 250 221 exit 0' "$(codes)"
  assertEquals 'Fa@b.example|Tyes2@mx.example.org||' "$(tr '\0' '|' < "$SCRATCH/got/envelopes")"
  unset QMAILQUEUE
}

# the client goes away in the middle: the program sees an envelope that does not end, and is killed if it stays
test_program_of_a_session_that_is_gone() {
  forget
  program filter <<EOF
echo > $SCRATCH/got/begun
cat > /dev/null
cat <&1 > $SCRATCH/got/cut
echo \$\$ > $SCRATCH/got/pid
exec sleep 60
EOF
  export QMAILQUEUE=bin/filter
  printf '%s\r\n' 'HELO c' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA x y z > "$SCRATCH/in"
  mode="-leave $SCRATCH/got/begun"
  run_client
  mode=
  unset QMAILQUEUE
  assertTrue 'it ran' "wait_for 60 test -s '$SCRATCH/got/pid'"
  assertEquals 'no envelope' '' "$(cat "$SCRATCH/got/cut")"
  pid=$(cat "$SCRATCH/got/pid")
  wait_for 60 ended "$pid" || fail 'it is still there'
}

# without its starter a session has no other way out: never past the filter
test_starter_that_dies() {
  forget
  program filter <<EOF
$read_all
kill -9 \$(sed -n 's/^PPid:.//p' /proc/\$\$/status)
EOF
  export QMAILQUEUE=bin/filter
  talk 'HELO c' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA x . \
    'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA 'MAIL FROM:<a@b.example>' QUIT
  unset QMAILQUEUE
  assertEquals '220 250 250 250 354 451 250 250 451 250 221 exit 0' "$(codes)"
  assertEquals 'nothing went to the queue' 0 "$(stored)"
}

run_tests
