#!/bin/sh
# mail-smtpd-bdat.sh - messages in chunks (RFC 3030): one message whatever the chunks, one refusal for all of them

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() { smtpd_setup; }

start='EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<yes@mx.example.org>\r\n'
text() { mess "$(ls "$store" | sort -V | sed -n 's/\.env//p' | tail -n1)" | sed 1,2d; }

test_one_chunk() {
  forget
  talk_raw "${start}BDAT 17 LAST\r\nSubject: x\r\n\r\n.\r\nQUIT\r\n"
  assertEquals '220 250 250 250 250 221 exit 0' "$(codes)"
  assertContains "$out" '250-CHUNKING'
  assertContains "$out" '250-LIMITS RCPTMAX=1000'
  assertEquals 'Subject: x

.' "$(text)"
  assertEquals 'Fa@b|Tyes@mx.example.org|' "$(env_of "$(ls "$store" | sed -n 's/\.env//p')")"
}

# dots stay, a CR LF may be torn, the last line may lack its end
test_chunks() {
  forget
  talk_raw "${start}BDAT 4\r\n..a\rBDAT 1\r\n\nbdat 0\r\nBDAT 3\r\n.\r\nBDAT 4  last\r\nlast"
  assertEquals '220 250 250 250 250 250 250 250 250 exit 0' "$(codes)"
  assertEquals '..a|.|last' "$(text | tr '\n' '|' | sed 's/|$//')"
}

test_empty_last() {
  forget
  talk_raw "${start}BDAT 3\r\na\r\nBDAT 0 LAST\r\nBDAT 0 LAST\r\nMAIL FROM:<c@d>\r\nRCPT TO:<yes@mx.example.org>\r\nBDAT 0 LAST\r\n"
  assertEquals '220 250 250 250 250 250 503 250 250 250 exit 0' "$(codes)"
  assertEquals 2 "$(stored)"
}

test_line_ends() {
  forget
  for chunks in 'BDAT 3\r\na\rbBDAT 0 LAST\r\n=550 550' 'BDAT 2\r\na\rBDAT 1 LAST\r\nb=250 550' 'BDAT 2 LAST\r\na\r=550' \
    'BDAT 2\r\na\nBDAT 3\r\nb\r\nBDAT 1 LAST\r\nc=550 550 550' 'BDAT 2 LAST\r\n\000a=550' 'BDAT 1\r\n\rBDAT 2 LAST\r\n\r\n=250 550'; do
    talk_raw "${start}${chunks%=*}NOOP\r\nQUIT\r\n"
    assertEquals "$chunks" "220 250 250 250 ${chunks#*=} 250 221 exit 0" "$(codes)"
  done
  assertEquals 0 "$(stored)"
}

# octets of a chunk are never commands, whatever becomes of it
test_swallowed() {
  forget
  talk_raw 'EHLO c\r\nBDAT 6\r\nNOOP\r\nMAIL FROM:<a@b>\r\nBDAT 6\r\nNOOP\r\nRCPT TO:<yes@mx.example.org>\r\nBDAT 6 LAST\r\nNOOP\r\nDATA\r\n'
  assertEquals '220 250 503 250 554 503 554 503 exit 0' "$(codes)"
  talk_raw 'EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<no@mx.example.org>\r\nBDAT 6\r\nNOOP\r\nBDAT 6 LAST\r\nNOOP\r\nQUIT\r\n'
  assertEquals '220 250 250 550 554 554 221 exit 0' "$(codes)"
  assertEquals 0 "$(stored)"
}

test_no_mixing() {
  forget
  talk_raw "${start}BDAT 3\r\na\r\nDATA\r\nRCPT TO:<yes2@mx.example.org>\r\nMAIL FROM:<x@y>\r\nNOOP\r\nBDAT 3 LAST\r\nb\r\n"
  assertEquals '220 250 250 250 250 503 503 503 250 250 exit 0' "$(codes)"
  assertEquals 'a|b|' "$(text | tr '\n' '|')"
}

test_reset_between_chunks() {
  forget
  for reset in RSET 'EHLO d' 'HELO d'; do
    talk_raw "${start}BDAT 3\r\na\r\n${reset}\r\nBDAT 3 LAST\r\nb\r\nMAIL FROM:<c@d>\r\nRCPT TO:<yes@mx.example.org>\r\nBDAT 3 LAST\r\nc\r\n"
    assertEquals "$reset" '220 250 250 250 250 250 503 250 250 250 exit 0' "$(codes)"
    assertEquals 'c' "$(text)"
  done
  talk_raw "${start}BDAT 3\r\na\r\nQUIT\r\n"
  assertEquals 3 "$(stored)"
}

# where such a chunk would end nobody knows
test_sizes_that_are_none() {
  forget
  mode=-hold
  for arg in '' ' x' ' -1' ' 1x' ' 1 FIRST' ' 1 LAST x' ' 99999999999999999999' ' 9223372036854775808' ' LAST'; do
    talk_raw "${start}BDAT$arg\r\nNOOP\r\n"
    assertEquals "BDAT$arg" '220 250 250 250 501 exit 0' "$(codes)"
  done
  mode=
}

test_too_large() {
  forget
  echo 10 > "$home/control/databytes"
  talk_raw "${start}BDAT 6\r\n1234\r\nBDAT 7\r\n67890\r\nBDAT 3 LAST\r\nx\r\nNOOP\r\n"
  assertEquals '220 250 250 250 250 552 552 250 exit 0' "$(codes)"
  talk_raw "${start}BDAT 4611686018427387\r\nendless"
  assertEquals 'the client goes first' '220 250 250 250 exit 0' "$(codes)"
  assertEquals 0 "$(stored)"
}

test_many_chunks() {
  forget
  echo 10 > "$home/control/maxrcpt"
  python3 -I -S -c "
import sys
w = sys.stdout.buffer
w.write(b'EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<yes@mx.example.org>\r\n')
for i in range(400): w.write(b'BDAT 1026\r\n' + b'x' * 1024 + b'\r\n')
w.write(b'BDAT 0 LAST\r\n')" > "$SCRATCH/in"
  run_client
  assertEquals 400 "$(text | wc -l)"
  assertNotContains "$out" 421
}

test_queue_trouble() {
  forget
  echo '53 4.3.1 disk full' > "$store/answer"
  talk_raw "${start}BDAT 3\r\na\r\nBDAT 0 LAST\r\nNOOP\r\n"
  assertEquals '220 250 250 250 250 451 250 exit 0' "$(codes)"
  rm "$store/answer"
}

test_vanished_client() {
  forget
  for n in 60 66 70 74; do
    mode="-vanish $n"
    talk_raw "${start}BDAT 10\r\n12345678\r\nBDAT 3 LAST\r\na\r"
    assertEquals "after $n bytes" 'exit 0' "$(echo "$out" | tail -n1)"
  done
  mode=
  assertEquals 0 "$(stored)"
}

test_every_cut_in_two() {
  forget
  mode=-splits
  for dialogue in "${start}BDAT 2\r\na\rBDAT 3\r\n\nb\rBDAT 1 LAST\r\n\nQUIT\r\n" "${start}BDAT 2\r\n\r\rBDAT 5 LAST\r\n\r\n.\r\nQUIT\r\n" \
    'HELO c\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\nBDAT 6x\r\nNOOP\r\n'; do
    talk_raw "$dialogue"
    assertNotContains "$dialogue" "$out" differs
  done
  mode=
}

run_tests
