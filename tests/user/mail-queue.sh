#!/bin/sh
# mail-queue - qmail-queue's contract: fd 0, fd 1, exit codes, silence

. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/queue/lib.sh"

oneTimeSetUp() { queue_home && queued_start; on_exit 'kill $queued 2>/dev/null'; }

exits() { # CODE MESSAGE ENVELOPE
  send_mail "$2" "$3" > "$SCRATCH/out" 2>&1
  assertEquals "$3" "$1" $?
  assertEquals "says nothing" "" "$(cat "$SCRATCH/out")"
}

test_takes_a_message() {
  clear_queue
  exits 0 'Subject: x\n\nbody\n' 'Fa@b\0Tc@d\0Te@f\0\0'
  assertEquals "Fa@b Tc@d Te@f" "$(tr '\0' '\n' < "$(the_file todo)" | grep '^[FT]' | xargs)"
  assertEquals "Subject: x//body/" "$(tail -n +2 "$(the_file mess)" | tr '\n' /)"
}

test_envelopes_that_are_good() {
  clear_queue
  exits 0 '' 'F\0Ta\0\0'
  exits 0 'no newline at the end' 'F\0\0'
  exits 0 x 'F#@[]\0Tb\0\0'
  exits 0 x 'Fa\0Tb\0\0 and what comes after the end does not matter'
  fits=$(printf '%01002d' 0)
  exits 0 x "F$fits\0T$fits\0\0"
  assertEquals 5 "$(files todo)"
  assertEquals "bytes stay" 1 "$(find "$home/queue/mess" -type f -exec tail -n 1 {} \; | grep -c 'no newline at the end')"
}

test_envelopes_that_are_not() {
  clear_queue
  exits 54 x ''
  exits 54 x 'F'
  exits 54 x 'Fa\0'
  exits 54 x 'Fa\0Tb'
  exits 54 x 'Fa\0Tb\0'
  exits 91 x '\0'
  exits 91 x 'Tb\0\0'
  exits 91 x 'Xa\0Tb\0\0'
  exits 91 x 'Fa\0Fb\0\0'
  exits 91 x 'Fa\0tb\0\0'
  exits 91 x 'Fa\0Tb\0x\0\0'
  long=$(printf '%01003d' 0)
  exits 11 x "F$long\0Tb\0\0"
  exits 11 x "Fa\0T$long\0\0"
  exits 11 x "Fa\0T$long"
  assertEquals 0 "$(files mess)"
  assertEquals 0 "$(files tmp)"
  assertEquals 0 "$(files todo)"
}

test_an_envelope_may_be_large_but_not_too_large() {
  clear_queue
  python3 -S - "$SCRATCH" <<'P'
import sys
d = sys.argv[1]
open(d + "/fits", "wb").write(b"F\0" + (b"T" + b"a" * 335 + b"\0") * 49784 + b"\0")
open(d + "/long", "wb").write(b"F\0" + (b"T" + b"a" * 335 + b"\0") * 49785 + b"\0")
P
  echo x > "$SCRATCH/message"
  "$home/bin/mail-queue" < "$SCRATCH/message" 1< "$SCRATCH/long"
  assertEquals 11 $?
  "$home/bin/mail-queue" < "$SCRATCH/message" 1< "$SCRATCH/fits"
  assertEquals 0 $?
  assertEquals 1 "$(files todo)"
}

test_messages_that_are_refused() {
  clear_queue
  exits 31 'a\r\n' 'F\0Ta\0\0'
  exits 31 'a\000b\n' 'F\0Ta\0\0'
  assertEquals 0 "$(files mess)"
}

test_descriptors_that_cannot_be_read() {
  "$home/bin/mail-queue" 0<&- < /dev/null 1< "$SCRATCH"
  assertEquals "a folder for the envelope" 54 $?
  "$home/bin/mail-queue" < "$SCRATCH" 1< /dev/null
  assertEquals "a folder for the message" 54 $?
  echo x > "$SCRATCH/message"
  "$home/bin/mail-queue" < "$SCRATCH/message" 1>&-
  assertEquals "no descriptor 1" 54 $?
  "$home/bin/mail-queue" 0<&- 1< /dev/null
  assertEquals "no descriptor 0" 54 $?
}

test_pieces_of_any_size() {
  clear_queue
  mkfifo "$SCRATCH/f0" "$SCRATCH/f1"
  "$home/bin/mail-queue" < "$SCRATCH/f0" 1< "$SCRATCH/f1" & pid=$!
  exec 7> "$SCRATCH/f0" 8> "$SCRATCH/f1"
  for p in one two three; do printf '%s ' $p >&7; sleep 0.1; done
  exec 7>&-
  for p in 'Fa' '@' 'b\0T' 'c' '\0' '\0'; do
    # shellcheck disable=SC2059
    printf "$p" >&8
    sleep 0.05
  done
  exec 8>&-
  wait $pid
  assertEquals 0 $?
  assertEquals "one two three" "$(tail -n 1 "$(the_file mess)" | sed 's/ $//')"
  assertEquals "Fa@b Tc" "$(tr '\0' '\n' < "$(the_file todo)" | grep '^[FT]' | xargs)"
}

test_any_user_may_and_is_named() {
  need_root || return 0
  clear_queue
  echo x > "$SCRATCH/message"
  printf 'F\0Ta\0\0' > "$SCRATCH/envelope"
  as 4711 "$home/bin/mail-queue" < "$SCRATCH/message" 1< "$SCRATCH/envelope"
  assertEquals 0 $?
  head -n 1 "$(the_file mess)" | grep -q 'by uid 4711'
  assertTrue $?
}

test_waits_for_a_restart() {
  clear_queue
  queued_stop
  { sleep 1; rm -f "$sock"; queued_start; echo "$queued" > "$SCRATCH/pid"; wait "$queued"; } & starter=$!
  exits 0 x 'F\0Ta\0\0'
  assertEquals 1 "$(files todo)"
  wait_for 60 test -s "$SCRATCH/pid"    # it serves before the test has seen that it is ready
  kill "$(cat "$SCRATCH/pid")"
  wait $starter
  rm -f "$sock"
  queued_start
}

# a service that behaves badly: what it sends, and then it closes
rude() { # BYTES
  queued_stop
  rm -f "$sock"
  PYTHONPATH=$stub /usr/bin/python3 -S - "$sock" "$1" <<'P' & rude=$!
import sys
sys.dont_write_bytecode = True
from unixsocket import listener
c = listener(sys.argv[1]).accept()[0]
c.recv(10)
c.sendall(sys.argv[2].encode().decode("unicode_escape").encode("latin1"))
c.close()
P
  wait_for 60 test -S "$sock"
  head -c 300000 /dev/zero | tr '\0' x > "$SCRATCH/message"
  printf 'F\0Ta\0\0' > "$SCRATCH/envelope"
  "$home/bin/mail-queue" < "$SCRATCH/message" 1< "$SCRATCH/envelope"
  code=$?
  wait $rude
  rm -f "$sock"
  return $code
}

test_a_service_that_breaks_off() {
  rude ''; assertEquals "no answer" 74 $?
  rude '\x35'; assertEquals "half an answer" 74 $?
  rude '\x35\x09half'; assertEquals "half a text" 74 $?
  rude '\x00\x00'; assertEquals "yes before the end counts for nothing" 74 $?
  rude '\x00\x1a0660bd1000000000aaaaaaaaaa'; assertEquals "nor does a whole one" 74 $?
  rude '\x47\x054.3.2'; assertEquals "a refusal is found" 71 $?
  rude '\x35\x05no'; assertEquals "not more than it says" 74 $?
  queued_start
}

run_tests
