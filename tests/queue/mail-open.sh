#!/bin/sh
# mail-open - orders of mail-send become jobs of the agents, or reports

. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/queue/lib.sh"

# A queue with messages of a known look, made by mail-queued itself: $one and $many are their IDs.
oneTimeSetUp() {
  queue_home || return 1
  log=$SCRATCH/open.log
  queued_start
  one=$(as mailb "$stub/submit" "$sock" @v @m '@c:Subject: one\n\nbody\n' @e @r:Fs@x,Ta@y,tparameter,Tb@z,T | sed -n 's/^0 //p')
  many=$(submit @v @m @c:many @e "@r:F$(i=0; while [ $i -lt 200 ]; do printf ',Tuser%d@%0400d' $i 0; i=$((i + 1)); done)" |
    sed -n 's/^0 //p')
  queued_stop
}

opened() { # commands on standard input
  : > "$log"
  "$stub/daemon" "$(queue_user)" 4 "$log" "$home/bin/mail-open" | sed 's/Received: ([^)]*); [^/]*/Received/'
}

test_jobs_go_to_the_right_agent() {
  for row in "L 0 4" "R 0 5" "B 1 6"; do
    set -- $row
    out=$(printf 'order 7 %s %s %s 0\njob %s\n' "$1" "$2" "$one" "$3" | opened)
    assertEquals "job 7 $1 bounce=$2 $one bytes=$(stat -c %s "$(the_mess "$one")") from=s@x to=a@y - action=F params=tparameter,
read-only offset=0
Received/Subject: one//body/" "$out"
  done
}
the_mess() { echo "$home/queue/mess/$(hh "$1")/$1"; }
the_todo() { echo "$home/queue/todo/$(hh "$1")/$1"; }

test_many_recipients_by_index() {
  out=$(printf 'order 9 R 0 %s 2 1 0\njob 5\n' "$one" | opened | head -n 1)
  assertEquals "from=s@x to= - to=b@z - to=a@y - action=F params=tparameter," "${out#* bytes=* }"
}

test_many_jobs_that_no_agent_has_taken_yet() {
  out=$({ for i in $(seq 120); do echo "order $i R 0 $one 0"; done; echo 'sleep 0.5'
    for i in $(seq 120); do echo 'job 5'; done; } | opened | grep -c '^job')
  assertEquals 120 "$out"
}

test_too_many_descriptors_on_their_way() {
  need_root && need strace strace || return 0
  out=$(printf 'strace /dev/null -e trace=sendmsg -e inject=sendmsg:error=ETOOMANYREFS:when=1..3\norder 1 R 0 %s 0\njob 5\n' "$one" |
    opened | head -n 1)
  assertEquals "it waits" "job 1 R" "${out%% bounce*}"
}

test_texts_of_a_bounce() {
  out=$(printf 'order 9 B 3 %s 1=no_such_user 0=gone\njob 6\n' "$one" | opened | head -n 1)
  assertEquals "from=s@x to=b@z text=no_such_user to=a@y text=gone action=F params=tparameter," "${out#* bytes=* }"
}

test_each_job_has_a_descriptor_of_its_own() {
  out=$(printf 'order 1 L 0 %s 0\norder 2 R 0 %s 1\njob 4\njob 5\n' "$one" "$one" | opened | grep -c 'offset=0')
  assertEquals 2 "$out"
}

text_of() { # WORDS: the report on standard input is temporary, for every recipient, and damaged or not
  grep -q "$1"
}

reported() { # FLAGS TEXT ORDER-ARGUMENTS
  flags=$1 text=$2
  shift 2
  out=$(printf 'order 5 %s\nreport\nnone 4 0.1\nnone 5 0.1\nnone 6 0.1\n' "$*" | opened)
  echo "$out" | grep -q "^report 5 flags=$flags .*0:Z:.*$text"
  assertTrue "$text: $out" $?
  assertEquals "no job" 3 "$(echo "$out" | grep -c '^none')"
}

test_orders_that_do_not_fit() {
  reported 0 "order does not fit" R 0 "$one" 3
  reported 0 "order does not fit" R 0 "$one" 4294967295
  reported 0 "order does not fit" R 0 "$one" 0=text
  reported 0 "order does not fit" R 0 "$one" 0 1 5
}

test_a_job_must_have_room() {
  # 100 addresses of 400 bytes fit; with texts of 300 bytes each they are too many
  out=$(printf 'order 5 R 0 %s %s\njob 5\n' "$many" "$(seq -s ' ' 0 99)" | opened | head -n 1 | wc -c)
  assertTrue "fits" "[ $out -gt 40000 ]"
  t=$(printf '%0300d' 0)
  reported 0 "order does not fit" B 1 "$many" "$(i=0; while [ $i -lt 100 ]; do printf '%d=%s ' $i "$t"; i=$((i + 1)); done | sed 's/ $//')"
}

test_records_that_are_no_order() {
  out=$(printf 'raw 3 00\nraw 3 02000000014c\nraw 3 0200000001580000000000000000\norder 5 R 0 %s 0\njob 5\n' "$one" | opened | head -n 1)
  assertEquals "job 5 R" "${out%% bounce*}"
  assertEquals 3 "$(grep -c 'an order of mail-send is none' "$log")"
}

test_vanished_files() {
  gone=0660bd1000000000aaaaaaaaaa
  reported 2 "envelope is gone" R 0 $gone 0
  as mailq cp "$(the_todo "$one")" "$SCRATCH/home/queue/tmp/keep"
  mv "$(the_mess "$one")" "$home/queue/tmp/message"
  reported 2 "file is gone from queue/mess" R 0 "$one" 0
  ln -s ../../tmp/message "$(the_mess "$one")"
  reported 2 "is a link" R 0 "$one" 0
  rm "$(the_mess "$one")"
  mv "$home/queue/tmp/message" "$(the_mess "$one")"
}

test_an_envelope_that_vanishes_while_it_is_known() {
  out=$(printf 'order 1 R 0 %s 0\njob 5\nsh mv %s %s\norder 2 R 0 %s 0\nreport\nsh mv %s %s\norder 3 R 0 %s 0\njob 5\n' \
    "$one" "$(the_todo "$one")" "$home/queue/tmp/away" "$one" "$home/queue/tmp/away" "$(the_todo "$one")" "$one" | opened)
  assertEquals "job 1 report 2 flags=2 job 3" "$(echo "$out" | sed -n -e 's/^\(job [0-9]*\) .*/\1/p' -e 's/^\(report 2 flags=2\).*/\1/p' | xargs)"
}

# Every byte changed, and every length: reported as damaged, never a job.
damaged() { # FILE TEXT
  cp -p "$1" "$SCRATCH/keep"
  reported 2 "$2" R 0 "$one" 0
  cp -p "$SCRATCH/keep" "$1"
}

test_damaged_files() {
  for where in 0 30 60 -2; do
    cp -p "$(the_todo "$one")" "$SCRATCH/keep"
    python3 -S - "$(the_todo "$one")" $where <<'P'
import sys
b = bytearray(open(sys.argv[1], "rb").read()); b[int(sys.argv[2])] ^= 1
open(sys.argv[1], "wb").write(b)
P
    reported 2 "envelope is damaged" R 0 "$one" 0
    cp -p "$SCRATCH/keep" "$(the_todo "$one")"
  done
  cp -p "$(the_mess "$one")" "$SCRATCH/keep"
  echo >> "$(the_mess "$one")"
  reported 2 "length is not what its envelope says" R 0 "$one" 0
  : > "$(the_mess "$one")"
  reported 2 "length is not what its envelope says" R 0 "$one" 0
  tr b B < "$SCRATCH/keep" > "$(the_mess "$one")"
  reported 2 "bytes are not those that were queued" R 0 "$one" 0
  cp -p "$SCRATCH/keep" "$(the_mess "$one")"
}

test_files_of_others_are_damaged() {
  need_root || return 0
  chown 1 "$(the_mess "$one")"; chmod 0644 "$(the_mess "$one")"
  reported 2 "not one that mail-queued made" R 0 "$one" 0
  chown "$(queue_user)" "$(the_mess "$one")"; chmod 0600 "$(the_mess "$one")"
  chown 1 "$(the_todo "$one")"; chmod 0644 "$(the_todo "$one")"
  reported 2 "envelope is damaged" R 0 "$one" 0
  chown "$(queue_user)" "$(the_todo "$one")"; chmod 0640 "$(the_todo "$one")"
  out=$(printf 'order 1 R 0 %s 0\njob 5\n' "$one" | opened | grep -c '^job 1')
  assertEquals 1 "$out"
}

test_trouble_is_only_temporary() {
  need_root || return 0
  chown 0 "$home/queue/mess/$(hh "$one")"
  reported 0 "Unable to open the message: Permission denied" R 0 "$one" 0
  chown "$(queue_user)" "$home/queue/mess/$(hh "$one")"
}

test_an_old_large_message_holds_up_nobody() {
  queued_start
  dd if=/dev/zero bs=1M count=40 2>/dev/null | tr '\0' x > "$SCRATCH/large"
  printf 'F\0Tlarge\0Tother\0\0' > "$SCRATCH/env"
  "$home/bin/mail-queue" < "$SCRATCH/large" 1< "$SCRATCH/env"
  large=$(basename "$(find "$home/queue/mess" -size +1000k)")
  queued_stop
  # two orders for it wait while it is read; the small one is done meanwhile. All come while mail-open stands still, and
  # go to one agent, so that their order does not depend on who is fast.
  out=$(printf 'signal STOP\norder 1 R 0 %s 0\norder 2 R 0 %s 1\norder 3 R 0 %s 0\nsignal CONT\njob 5\njob 5\njob 5\n' \
    "$large" "$large" "$one" | opened | sed -n -e 's/^\(job [0-9]*\) .*/\1/p' | xargs)
  assertEquals "job 3 job 1 job 2" "$out"
  # damaged in its last byte
  printf y | dd of="$(the_mess "$large")" bs=1 seek=$(($(stat -c %s "$(the_mess "$large")") - 1)) conv=notrunc 2>/dev/null
  out=$(printf 'order 1 R 0 %s 0\nreport\norder 2 R 0 %s 0\nreport\n' "$large" "$large" | opened | cut -d' ' -f1-3 | xargs)
  assertEquals "report 1 flags=2 report 2 flags=2" "$out"
  rm "$(the_mess "$large")" "$(the_todo "$large")"
}

test_ends() {
  assertEquals "exit 0" "$(printf 'close 3\nexit\n' | opened)"
  assertEquals "exit 0" "$(printf 'life\nexit\n' | opened)"
  assertEquals "an agent is gone" "exit 111" "$(printf 'close 5\norder 1 R 0 %s 0\nexit\n' "$one" | opened)"
}

run_tests
