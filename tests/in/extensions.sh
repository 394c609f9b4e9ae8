#!/bin/sh
# extensions.sh - control/ehlohide and EHLOHIDE: what EHLO does not offer is refused when it is used

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() { smtpd_setup; }

all='PIPELINING 8BITMIME CHUNKING DSN SMTPUTF8 SIZE LIMITS ENHANCEDSTATUSCODES'
offered() { sed -n '2,$s/^250[- ]\([A-Z0-9]*\).*/\1/p' "$SCRATCH/out" | sed 1d | xargs; }

test_each_alone() {
  forget
  talk 'EHLO c'
  assertEquals "$all" "$(offered)"
  for word in $all; do
    echo "$word" > "$home/control/ehlohide"
    talk 'EHLO c'
    assertEquals "$(echo "$all" | sed "s/$word *//; s/ $//")" "$(offered)"
    assertEquals 'one last line' 1 "$(sed -n '2,$p' "$SCRATCH/out" | grep -c '^250 ')"
  done
}

test_all_of_them() {
  forget
  # shellcheck disable=SC2086
  printf '%s\n' $all > "$home/control/ehlohide"
  talk 'EHLO c'
  assertEquals '220 250 exit 0' "$(codes)"
  assertEquals '' "$(offered)"
}

test_what_is_not_offered_is_refused() {
  forget
  printf '%s\n' smtputf8 DSN size 8bitmime '# BDAT:' chunking > "$home/control/ehlohide"
  o=$(printf '\303\266')
  talk 'EHLO c' 'MAIL FROM:<a@b> SMTPUTF8' "MAIL FROM:<$o@b>" 'MAIL FROM:<a@b> RET=HDRS' 'MAIL FROM:<a@b> ENVID=x' \
    'MAIL FROM:<a@b> SIZE=1' 'MAIL FROM:<a@b> BODY=7BIT' 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org> NOTIFY=NEVER' \
    'RCPT TO:<yes@mx.example.org> ORCPT=rfc822;a@b' 'RCPT TO:<yes@mx.example.org>' DATA x . QUIT
  assertEquals '220 250 555 553 555 555 555 555 250 555 555 250 354 250 221 exit 0' "$(codes)"
  assertEquals '555 5.5.4 this parameter is of an extension that is not offered here' "$(reply 3)"
  assertEquals 'Fa@b|Tyes@mx.example.org|' "$(env_of 1)"
}

# the bytes of a chunk are none of commands, whatever becomes of BDAT
test_no_chunks() {
  forget
  echo CHUNKING > "$home/control/ehlohide"
  talk_raw 'EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<yes@mx.example.org>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\nDATA\r\nx\r\n.\r\n'
  assertEquals '220 250 250 250 502 250 354 250 exit 0' "$(codes)"
  assertEquals '502 5.5.1 CHUNKING is not offered here: send the message with DATA' "$(reply 5)"
}

test_no_pipelining() {
  forget
  echo PIPELINING > "$home/control/ehlohide"
  talk 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>'
  assertEquals '220 554 exit 0' "$(codes)"
  out=$(python3 -I -S - "$smtpd" << 'P'
import socket, subprocess, sys
ours, theirs = socket.socketpair()
p = subprocess.Popen([sys.argv[1]], stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL)
theirs.close()
ours.settimeout(30)
lines = ours.makefile("rb")
def reply():
    while (line := lines.readline())[3:4] == b"-":
        pass
    return line[:3].decode()
got = [reply()]
for command in "EHLO c", "MAIL FROM:<a@b>", "RCPT TO:<yes@mx.example.org>", "DATA", "x\r\n.", "QUIT":
    ours.sendall(command.encode() + b"\r\n")
    got.append(reply())
print(*got, p.wait())
P
)
  assertEquals 'who waits' '220 250 250 250 354 250 221 0' "$out"
}

test_by_client() {
  forget
  echo DSN > "$home/control/ehlohide"
  EHLOHIDE='smtputf8,CHUNKING Size' talk 'EHLO c'
  assertEquals 'PIPELINING 8BITMIME DSN LIMITS ENHANCEDSTATUSCODES' "$(offered)"
  EHLOHIDE='' talk 'EHLO c'
  assertEquals 'nothing is hidden from this one' "$all" "$(offered)"
}

test_no_keyword() {
  forget
  echo SMTPUTF-8 > "$home/control/ehlohide"
  talk 'EHLO c'
  assertEquals '421 exit 111' "$(codes)"
  assertTrue "grep -q 'control/ehlohide .*: smtputf-8' '$SCRATCH/log'"
  rm "$home/control/ehlohide"
  EHLOHIDE='DSN SMTPUTF-8' talk 'EHLO c'
  assertEquals '421 exit 111' "$(codes)"
  assertTrue "grep -q 'EHLOHIDE: not one of the keywords .*: SMTPUTF-8$' '$SCRATCH/log'"
}

run_tests
