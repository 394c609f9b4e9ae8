#!/bin/sh
# mail-smtpd-lines.sh - line ends: no byte sequence makes one message into two, no cut into packets changes a reply

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() { smtpd_setup; }

start='EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<yes@mx.example.org>\r\nDATA\r\n'
hidden='MAIL FROM:<evil@b>\r\nRCPT TO:<yes@mx.example.org>\r\nDATA\r\nhidden\r\n.\r\n'

# Each of these was or is an end of the message to some server. Here none is: the rest stays text of one message,
# which is refused.
test_smuggling() {
  forget
  for end in '\n.\n' '\n.\r\n' '\r\n.\n' '\r.\r' '\r.\r\n' '\r\n.\r' '\r\n.\r\r\n' '\r\n\000.\r\n' '\r\n.\000\r\n' '\n\n.\r\n' \
    '\n\r.\r\n' '\r\n\r.\r\n' '\r\n\n.\r\n' '\r\n.\n\r\n' '\n.\r' '\r\n.\r.\r\n' '\r\n\r\n.\n\r\n'; do
    talk_raw "${start}text${end}${hidden}NOOP\r\nQUIT\r\n"
    assertEquals "one message, refused, and back in step: $end" '220 250 250 250 354 550 250 221 exit 0' "$(codes)"
  done
  # these hold the true end behind a stray byte: refused, and the commands after it are commands
  for end in '\r\r\n.\r\n' '\000\r\n.\r\n' '\n\r\n.\r\n'; do
    talk_raw "${start}text${end}NOOP\r\nQUIT\r\n"
    assertEquals "refused: $end" '220 250 250 250 354 550 250 221 exit 0' "$(codes)"
  done
  assertEquals 0 "$(stored)"
}

test_harmless_dots() {
  forget
  talk_raw "${start}a\r\n. \r\n.a\r\n..\r\na.\r\n\r\n.\r\n"
  assertContains "$(reply 6)" '250 2.0.0'
  n=$(ls "$store" | sed -n 's/\.env//p')
  assertEquals 'a
 
a
.
a.' "$(mess "$n" | sed 1,2d)"
}

test_empty_message() {
  forget
  talk_raw "${start}.\r\nQUIT\r\n"
  assertContains "$(reply 6)" '250 2.0.0'
  n=$(ls "$store" | sed -n 's/\.env//p')
  assertEquals 2 "$(mess "$n" | wc -l)"
}

# A stray byte in a command ends the session: what follows may be meant for somebody else.
test_commands() {
  forget
  mode=-hold
  for bad in 'NOOP\n' 'NOOP\000\r\n' 'NO\rOP\r\n' 'NOOP\r\r\n' '\n' '\r\n\n' 'NOOP\r\nNOOP \r \r\n'; do
    talk_raw "HELO c\r\n${bad}NOOP\r\nMAIL FROM:<a@b>\r\n"
    assertContains "$bad" "$(echo "$out" | tail -n2)" '500 5.5.2'
    assertNotContains "$bad" "$out" '250 2.1.0'
  done
  mode=
}

test_long_lines() {
  forget
  fill=$(printf '%02040d' 0)
  talk "NOOP $fill" "NOOP 0$fill" "NOOP 00$fill" "NOOP $fill$fill" 'NOOP'
  assertEquals '220 250 250 500 500 250 exit 0' "$(codes)"
  assertEquals '500 5.5.6 the line is too long' "$(reply 4)"
  talk "MAIL FROM:<$(printf '%0501d' 0)@b>"
  assertEquals '220 250 exit 0' "$(codes)"
  mode=-hold
  printf 'HELO c\r\nNOOP %080000d\r\nNOOP\r\n' 0 > "$SCRATCH/in"
  run_client
  mode=
  assertEquals 'no end in sight' '220 250 500 exit 0' "$(codes)"
}

test_one_byte_at_a_time() {
  forget
  mode=-bytes
  talk_raw "${start}Subject: x\r\n\r\n..a\r\n.\r\nBLA\r\nQUIT\r\n"
  mode=
  assertEquals '220 250 250 250 354 250 500 221 exit 0' "$(codes)"
}

test_every_cut_in_two() {
  forget
  mode=-splits
  for dialogue in "${start}Subject: x\r\n\r\n..a\r\n.\r\nBLA\r\nQUIT\r\n" "${start}text\n.\r\n${hidden}QUIT\r\n" \
    "${start}\r.\r\r\n.\r\nRSET\r\nNOOP\rNOOP\r\n" "HELO c\r\nNOOP\r\r\nNOOP\r\n" \
    'HELO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<no@mx.example.org>\r\nDATA\r\nQUIT\r\nNOOP\r\n'; do
    talk_raw "$dialogue"
    assertNotContains "$dialogue" "$out" differs
  done
  mode=
}

run_tests
