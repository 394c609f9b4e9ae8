#!/bin/sh
# mail-smtpd-budget.sh - what a session may cost: slower first, then 421; nothing that is taken is ever lost to it

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() { smtpd_setup; }

start='MAIL FROM:<a@b>\r\nRCPT TO:<yes@mx.example.org>\r\n'
lines() { yes '0123456789' | head -n "$1" | sed 's/$/\\r\\n/' | tr -d '\n'; } # N, of 12 bytes
message() { printf '%sDATA\\r\\n%s.\\r\\n' "$start" "$(lines "$1")"; }
milliseconds() { echo $((($(date +%s%N) - began) / 1000000)); }

test_bytes_end_the_session_at_mail() {
  forget
  echo 600 > "$home/control/databytes"
  echo 700 > "$home/control/sessionbytes"
  mode=-hold
  talk_raw "EHLO c\r\n$(message 30)$(message 30)${start}NOOP\r\n"
  mode=
  assertEquals '220 250 250 250 354 250 250 250 354 250 421 exit 0' "$(codes)"
  assertEquals '421 4.7.0 too many bytes for one session: come again with the rest' "$(reply 11)"
  assertEquals 'both are there' 2 "$(stored)"
  assertTrue 'logged' "grep -q 'session ended.*: too many bytes$' '$SCRATCH/log'"
  talk_raw "EHLO c\r\n$(message 30)$(message 30)NOOP\r\nRSET\r\nQUIT\r\n"
  assertEquals 'other commands are answered' '220 250 250 250 354 250 250 250 354 250 250 250 221 exit 0' "$(codes)"
}

test_a_whole_message_always_fits() {
  forget
  echo 1000 > "$home/control/databytes"
  echo 10 > "$home/control/sessionbytes"
  talk_raw "EHLO c\r\n$(message 80)$(message 10)$(message 1)"
  assertEquals '220 250 250 250 354 250 250 250 354 250 421 exit 0' "$(codes)"
  echo 0 > "$home/control/databytes"
  talk_raw "EHLO c\r\n$(message 500)$(message 1)"
  assertEquals 'without databytes, of any size' '220 250 250 250 354 250 421 exit 0' "$(codes)"
  talk_raw "EHLO c\r\n${start}BDAT 1\r\n\rBDAT 5001\r\n\n$(yes 12345678 | head -n 500 | sed 's/$/\\r\\n/' | tr -d '\n')BDAT 0 LAST\r\nBDAT 1\r\nx"
  assertEquals 'nor in chunks' '220 250 250 250 250 250 250 421 exit 0' "$(codes)"
  echo 0 > "$home/control/sessionbytes"
  talk_raw "EHLO c\r\n$(message 500)$(message 1)"
  assertEquals 'no limit' '220 250 250 250 354 250 250 250 354 250 exit 0' "$(codes)"
}

# what is refused already is read to its end, but not for ever
test_a_refused_message_may_end_the_session() {
  forget
  echo 100 > "$home/control/databytes"
  echo 10 > "$home/control/sessionbytes"
  talk_raw "EHLO c\r\n$(message 15)NOOP\r\nMAIL FROM:<>\r\n"
  assertEquals '220 250 250 250 354 552 250 421 exit 0' "$(codes)"
  mode=-hold
  talk_raw "EHLO c\r\n${start}DATA\r\n$(lines 100)"
  assertEquals '220 250 250 250 354 421 exit 0' "$(codes)"
  talk_raw "EHLO c\r\n${start}BDAT 99999999 LAST\r\n$(lines 100)"
  assertEquals '220 250 250 250 421 exit 0' "$(codes)"
  talk_raw "EHLO c\r\nBDAT 99999999 LAST\r\n$(lines 100)"
  assertEquals '220 250 421 exit 0' "$(codes)"
  talk_raw "EHLO c\r\n${start}BDAT 120\r\n$(lines 10)BDAT 1\r\nxBDAT 0 LAST\r\n"
  assertEquals '220 250 250 250 552 421 exit 0' "$(codes)"
  mode=
  assertEquals 0 "$(stored)"
}

test_every_cut_in_two() {
  forget
  echo 30 > "$home/control/databytes"
  echo 10 > "$home/control/sessionbytes"
  mode=-splits
  for dialogue in "${start}DATA\r\n$(lines 7).\r\nQUIT\r\n" "${start}BDAT 60\r\n$(lines 5)BDAT 20\r\nx"; do
    talk_raw "$dialogue"
    assertContains "$dialogue" "$(codes)" '421 exit'
    assertNotContains "$dialogue" "$out" differs
  done
  mode=
}

test_bytes_are_read_more_slowly() {
  forget
  echo 1000 > "$home/control/sessionbytes"
  { printf "$start"; printf 'DATA\r\n'; yes 01234567890123456789012345678901234567890123456789012345678901 | head -n 48000 |
    sed 's/$/\r/'; printf '.\r\n'; } > "$SCRATCH/in"
  began=$(date +%s%N)
  run_client
  took=$(milliseconds)
  assertEquals '220 250 250 354 250 exit 0' "$(codes)"
  assertTrue "3 MB in $took ms" "[ $took -ge 900 ]"
}

test_commands_wait() {
  forget
  echo 1 > "$home/control/maxrcpt"
  began=$(date +%s%N)
  # shellcheck disable=SC2046
  talk $(yes NOOP | head -n 300)
  took=$(milliseconds)
  assertEquals '421 4.7.0 too many commands' "$(reply 204)"
  assertTrue "in $took ms" "[ $took -ge 2000 ]"
}

# refused recipients: slower from the sixth on, over at the twentieth; here two and four
test_recipients_wait() {
  forget
  echo 2 > "$home/control/tarpitcount"
  echo 4 > "$home/control/brtlimit"
  began=$(date +%s%N)
  talk 'MAIL FROM:<>' 'RCPT TO:<no@mx.example.org>' 'RCPT TO:<x@other.example>' 'RCPT TO:<no@mx.example.org>' RSET \
    'MAIL FROM:<>' 'RCPT TO:<no@mx.example.org>' NOOP
  took=$(milliseconds)
  assertEquals '220 250 550 550 550 250 250 550 421 exit 0' "$(codes)"
  assertEquals '421 4.7.0 too many refused recipients' "$(reply 9)"
  assertTrue "one second, then two: $took ms" "[ $took -ge 3000 ]"
}

run_tests
