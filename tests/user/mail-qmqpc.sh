#!/bin/sh
# mail-qmqpc.sh - qmail-qmqpc's contract against servers that are good, odd, hostile, slow or dead (stub/netsink.py), and
# against mail-qmqpd

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home store=$SCRATCH/store n=0
oneTimeSetUp() {
  instance "$home" me.example.org || exit 1
  qmqpc=$home/bin/mail-qmqpc
  mkdir "$store"
  patient
  printf 'Subject: test\n\nhello\n' > "$SCRATCH/message"
  printf 'Fjoe@a.example\0Tann@b.example\0Tbob@c.example\0\0' > "$SCRATCH/envelope"
  dead=127.0.0.1:$(free_port 6280)
}

# Starts a server, $server, with its folder, $S.
sink() { # [SCRIPT...]
  n=$((n + 1))
  S=$SCRATCH/s$n
  mkdir "$S"
  : > "$S/log"
  python3 -I -S "$stub/netsink.py" "$S" "${at:-127.0.0.1}" qmqp "$@" & on_exit "kill $!"
  wait_for 60 test -f "$S/port"
  server=${at:-127.0.0.1}:$(cat "$S/port")
}
patient() { echo 60 > "$home/control/timeoutqmqpc"; }
only() { printf '%s\n' "$@" > "$home/control/qmqpservers"; }
# the exit code, with what it said in $SCRATCH/err
run() { timeout 60 "$qmqpc" < "$SCRATCH/message" 1< "$SCRATCH/envelope" 2> "$SCRATCH/err"; }
exits() { # CODE WHAT [LOG]
  run
  assertEquals "$2" "$1" $?
  if [ "$1" = 0 ]; then assertEquals "$2: says nothing" '' "$(cat "$SCRATCH/err")"; fi
  [ -z "${3:-}" ] || grep -q -e "$3" "$SCRATCH/err" || fail "$2: not said: $3: $(cat "$SCRATCH/err")"
}
count() { grep -c "^$1" "$S/log"; }
# the same with a pipe on 4 and 6, as door/queueprog.h makes it; the words in $SCRATCH/words
worded() {
  { "$qmqpc" < "$SCRATCH/message" 1< "$SCRATCH/envelope" 2> /dev/null 4>&3 6>&3; echo $? > "$SCRATCH/code"; } 3>&1 |
    cat > "$SCRATCH/words"
  echo "$(cat "$SCRATCH/code") $(cat "$SCRATCH/words")"
}

test_a_message_is_taken() {
  sink
  only "$server"
  exits 0 'taken'
  cmp -s "$SCRATCH/message" "$S/1.mess" || fail 'other bytes'
  assertEquals 'joe@a.example ann@b.example bob@c.example' "$(xargs < "$S/1.env")"
  assertEquals 'broken' 0 "$(count broken)"
}

test_any_bytes_and_any_size() {
  sink
  only "$server"
  cp "$SCRATCH/message" "$SCRATCH/keep"
  cp "$SCRATCH/envelope" "$SCRATCH/keep.env"
  python3 -S - "$SCRATCH" <<'P'
import sys
d = sys.argv[1]
open(d + "/b1", "wb").write(bytes(range(256)))
open(d + "/b2", "wb").write(b"")
open(d + "/b3", "wb").write(b"x" * 262144)
open(d + "/b4", "wb").write(b"y\n" * 131072 + b"z")
open(d + "/b5", "wb").write(bytes(range(256)) * 20000)
P
  for i in 1 2 3 4 5; do
    cp "$SCRATCH/b$i" "$SCRATCH/message"
    exits 0 "message $i"
    cmp -s "$SCRATCH/b$i" "$S/$i.mess" || fail "message $i arrives as another"
  done
  printf 'F\0Tlist-@x-@[]\0T\0T\377 ,:\0\0' > "$SCRATCH/envelope"
  exits 0 'odd addresses'
  # shellcheck disable=SC2059
  assertEquals "$(printf '\nlist-@x-@[]\n\n\377 ,:\n' | cksum)" "$(cksum < "$S/6.env")"
  printf 'Fa\0\0' > "$SCRATCH/envelope"
  exits 0 'no recipients'
  python3 -S -c 'import sys; sys.stdout.write("F\0" + "Tsomebody@example.org\0" * 50000 + "\0")' > "$SCRATCH/envelope"
  exits 0 'many recipients'
  assertEquals 50001 "$(wc -l < "$S/8.env")"
  assertEquals 'broken' 0 "$(count broken)"
  mv "$SCRATCH/keep" "$SCRATCH/message"
  mv "$SCRATCH/keep.env" "$SCRATCH/envelope"
}

test_answers() {
  sink 'req; tell Z4.3.1 the disk is full' 'req; tell D5.7.1 not from you'
  only "$server"
  exits 71 'not now' '127.0.0.1 port [0-9]*: 4.3.1 the disk is full'
  exits 31 'never' '5.7.1 not from you'
}

test_what_is_no_answer_is_temporary() {
  sink 'req; say 250 ok\r\n' 'req; say 1:X,' 'req; say 2:Kok;' 'req; say 0:,' 'req; say 99999999999:K' 'req; say 03:Kok,' \
    'req; say 20:Kok' 'req' 'req; reset' 'req; say 3:Kok'
  only "$server" "$server"
  for i in 1 2 3 4 5 6; do exits 74 "answer $i" 'an answer that is none'; done
  for i in 7 8 9 10; do exits 74 "answer $i"; done
  assertEquals 'never sent a second time' 10 "$(count request)"
}

test_a_longer_answer_counts() {
  sink "req; tell D$(printf '%0999d' 1)" 'req; say 2:Kx,and some more; eof'
  only "$server"
  exits 31 'a long one'
  exits 0 'bytes after it'
}

test_time_is_bounded() {
  sink 'req; forever 1' 'req; eof' 'sleep 60' 'req; say 3:Ko; eof'
  only "$server"
  exits 74 'an endless one' 'an answer that is none'
  echo 2 > "$home/control/timeoutqmqpc"
  exits 72 'no answer' 'no answer in time'
  head -c 30000000 /dev/zero | tr '\0' x > "$SCRATCH/large"
  timeout 60 "$qmqpc" < "$SCRATCH/large" 1< "$SCRATCH/envelope" 2> "$SCRATCH/err"
  assertEquals 'a server that does not read' 72 $?
  rm "$SCRATCH/large"
  exits 72 'half an answer'
  patient
}

test_servers_are_tried_in_turn() {
  sink
  good=$server
  G=$S
  sink 'req; ok Z' 'read 5' 'reset' 'read 20; reset' 'tell Zno; read 5; reset' 'req; ok D' 'req'
  only "$dead" "$server" "$good"
  mv "$SCRATCH/message" "$SCRATCH/small"        # a large one is not gone at once
  head -c 15000000 /dev/zero | tr '\0' x > "$SCRATCH/message"
  for what in 'Z' 'closed' 'reset' 'reset in the middle' 'Z before the end'; do exits 0 "$what"; done
  mv "$SCRATCH/small" "$SCRATCH/message"
  assertEquals 'the next one takes it' 5 "$(grep -c ^request "$G/log")"
  exits 31 'D is for all'
  exits 74 'once a server may have it, no other gets it' 'closed the connection'
  assertEquals 5 "$(grep -c ^request "$G/log")"
  only "$dead" "127.0.0.2:${dead#*:}"
  exits 73 'nobody'
  assertEquals 'each is named' 2 "$(grep -c "port ${dead#*:}: Connection refused" "$SCRATCH/err")"
}

test_ipv6() {
  at=::1 sink
  unset at
  only "[::1]:$(cat "$S/port")"
  exits 0 'over IPv6'
}

test_settings() {
  rm -f "$home/control/qmqpservers"
  exits 55 'no file' 'names no server'
  only '# none' ''
  exits 55 'no line'
  for bad in mail.example.org 127.0.0.1:0 127.0.0.1:628x 127.0.0 '[::1' '[::1]628' '127.0.0.1:65536'; do
    only "$dead" "$bad"
    exits 55 "$bad" "names are not looked up; this is not: $(echo "$bad" | sed 's/\[/\\[/g; s/\]/\\]/')"
  done
  for i in $(seq 33); do echo "127.0.0.$i"; done > "$home/control/qmqpservers"
  exits 55 'too many' 'more than 32'
  only "$dead"
  echo soon > "$home/control/timeoutqmqpc"
  exits 55 'no number'
  patient
}

test_envelopes_that_are_not() {
  sink
  only "$server"
  long=$(printf '%01003d' 0)
  for row in "54 " "54 F" "54 Fa\\0Tb\\0" "91 \\0" "91 Tb\\0\\0" "91 Fa\\0Fb\\0\\0" "11 F$long\\0Tb\\0\\0" "11 Fa\\0T$long\\0\\0"; do
    # shellcheck disable=SC2059
    printf "${row#* }" > "$SCRATCH/bad"
    timeout 60 "$qmqpc" < "$SCRATCH/message" 1< "$SCRATCH/bad" 2> "$SCRATCH/err"
    assertEquals "${row#* }" "${row%% *}" $?
  done
  "$qmqpc" < "$SCRATCH" 1< "$SCRATCH/envelope" 2> /dev/null
  assertEquals "a folder for the message" 54 $?
  "$qmqpc" < "$SCRATCH/message" 1>&-
  assertEquals "no descriptor 1" 54 $?
  "$qmqpc" 0<&- 1< "$SCRATCH/envelope"
  assertEquals "no descriptor 0" 54 $?
  assertEquals 'nobody was called' 0 "$(count connect)"
}

test_a_message_that_cannot_be_kept() {
  sink
  only "$server"
  head -c 300000 /dev/zero | tr '\0' x > "$SCRATCH/large"
  TMPDIR=/proc timeout 60 "$qmqpc" < "$SCRATCH/large" 1< "$SCRATCH/envelope" 2> "$SCRATCH/err"
  assertEquals 'no temporary file' 53 $?
  TMPDIR=/proc exits 0 'a small one needs none'
  head -c 200000001 /dev/zero | timeout 60 "$qmqpc" 1< "$SCRATCH/envelope" 2> "$SCRATCH/err"
  assertEquals 'too large' 31 $?
  assertEquals 1 "$(count request)"
}

test_words_of_its_own() {
  sink 'req; tell D5.7.1 not a\nword' 'req; ok Z' 'req; tell D' "req; tell D$(printf '%0600d' 1)" 'req'
  only "$server"
  assertEquals '82 D5.7.1 not a word' "$(worded)"
  assertEquals '82 Z4.2.1 not now' "$(worded)"
  assertEquals 'no words' '31 ' "$(worded)"
  assertEquals "82 D$(printf '%0254d' 0)" "$(worded)"
  assertContains "$(worded)" '82 Z4.4.2 '
  only "$dead"
  assertEquals 'hosts of this site are not named' '82 Z4.4.1 no server can take the message now' "$(worded)"
  only x.example
  assertContains "$(worded)" '82 Z4.3.5 '
  sink 'req; ok D'
  only "$server"
  timeout 60 "$qmqpc" < "$SCRATCH/message" 1< "$SCRATCH/envelope" 2> /dev/null 4> "$SCRATCH/file" 6>&4
  assertEquals 'a file is not for words' 31 $?
  assertEquals 0 "$(wc -c < "$SCRATCH/file")"
  mkfifo "$SCRATCH/f4" "$SCRATCH/f6"
  timeout 60 "$qmqpc" < "$SCRATCH/message" 1< "$SCRATCH/envelope" 2> /dev/null 4<> "$SCRATCH/f4" 6<> "$SCRATCH/f6"
  assertEquals 'nor are two pipes' 31 $?
}

# what our own server puts into its queue; $store is the queue's
qmqpd_start() {
  python3 -S "$stub/mail-services" "$home" "$store" > "$SCRATCH/services.log" 2>&1 & services=$!
  on_exit "kill $services 2>/dev/null"
  wait_for 60 test -S "$home/run/queue"
  export RELAYCLIENT=
  sink "run $home/bin/mail-qmqpd"
  unset RELAYCLIENT
  only "$server"
}

test_to_mail_qmqpd_and_as_a_null_client() {
  qmqpd_start
  exits 0 'taken'
  assertEquals 'Fjoe@a.example|Tann@b.example|Tbob@c.example|' "$(tr '\0' '|' < "$store/1.env")"
  sed 1d "$store/1.mess" | cmp -s - "$SCRATCH/message" || fail 'other bytes'
  printf 'a\r\n' > "$SCRATCH/m.cr"
  "$qmqpc" < "$SCRATCH/m.cr" 1< "$SCRATCH/envelope" 2> "$SCRATCH/err"
  assertEquals 'CR is refused for good' 31 $?
  echo bin/mail-qmqpc > "$home/control/queueprogram"
  printf 'To: x@b.example\n\nfrom a null client\n' | env -i USER=joe "$home/bin/mail-inject" 2> "$SCRATCH/err"
  assertEquals "mail-inject: $(cat "$SCRATCH/err")" 0 $?
  assertEquals 'Fjoe@me.example.org|Tx@b.example|' "$(tr '\0' '|' < "$store/2.env")"
  printf 'from sendmail\n' | env -i USER=joe "$home/bin/sendmail" y@b.example 2> "$SCRATCH/err"
  assertEquals "sendmail: $(cat "$SCRATCH/err")" 0 $?
  assertEquals 'from sendmail' "$(tail -n 1 "$store/3.mess")"
  printf 'HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<z@b.example>\r\nDATA\r\nbs\r\n.\r\nQUIT\r\n' |
    env -i USER=joe "$home/bin/sendmail" -bs > "$SCRATCH/out" 2> "$SCRATCH/err"
  assertEquals "sendmail -bs: $(cat "$SCRATCH/out")" 'bs' "$(tail -n 1 "$store/4.mess")"
  assertEquals 'all by QMQP' 5 "$(count connect)"
  printf 'x\n' | env -i USER=joe QMAILQUEUE=/bin/false "$home/bin/mail-inject" y@b.example 2> "$SCRATCH/err"
  assertEquals "QMAILQUEUE goes before it" 111 $?
  echo '31 5.7.1 a virus' > "$store/answer"
  printf 'x\n' | env -i USER=joe "$home/bin/mail-inject" y@b.example 2> "$SCRATCH/err"
  assertEquals 'refused' 100 $?
  assertContains "$(cat "$SCRATCH/err")" 'not queued: 5.7.1 a virus'
  rm "$home/control/queueprogram"
}

run_tests
