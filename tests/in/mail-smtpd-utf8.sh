#!/bin/sh
# mail-smtpd-utf8.sh - addresses beyond ASCII (RFC 6531): only with SMTPUTF8, only valid ones

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() { smtpd_setup; }

o=$(printf '\303\266')

test_taken() {
  forget
  echo "b$o.example" > "$home/control/rcpthosts"
  talk 'EHLO c' "MAIL FROM:<j$o@b$o.example> SMTPUTF8 BODY=8BITMIME" "RCPT TO:<\"j $o\"@b$o.example> ORCPT=utf-8;j$o@b$o.example" \
    "RCPT TO:<a@other$o.example>" DATA x .
  assertEquals '220 250 250 250 550 354 250 exit 0' "$(codes)"
  assertContains "$out" '250-SMTPUTF8'
  n=$(ls "$store" | sed -n 's/\.env//p')
  assertEquals "Fj$o@b$o.example|u|b8|Tj $o@b$o.example|outf-8;j$o@b$o.example|" "$(env_of "$n")"
  assertTrue "mess $n | sed -n 2p | grep -q '^  by mx.example.org with UTF8SMTP; '"
}

test_refused() {
  forget
  talk 'EHLO c' "MAIL FROM:<j$o@b.example>" 'MAIL FROM:<a@b>' "RCPT TO:<j$o@mx.example.org>" "RCPT TO:<yes@mx$o.example.org>" \
    "RCPT TO:<yes@mx.example.org> ORCPT=utf-8;$o@c" 'RCPT TO:<yes@mx.example.org> ORCPT=utf-8;\x{F6}@c' DATA x .
  assertEquals '220 250 553 250 553 553 501 250 354 250 exit 0' "$(codes)"
  assertEquals '553 5.6.7' "$(reply 3 | cut -c1-9)"
  assertTrue "mess $(ls "$store" | sed -n 's/\.env//p') | sed -n 2p | grep -q ' with ESMTP; '"
  forget
  talk_raw 'EHLO c\r\nMAIL FROM:<j\303@b> SMTPUTF8\r\nMAIL FROM:<a@b> SMTPUTF8=yes\r\nMAIL FROM:<j\300\257@b> SMTPUTF8\r\n'
  assertEquals '220 250 501 501 501 exit 0' "$(codes)"
}

# however long the names are that a client gives, what follows them is in the log
test_log_lines_are_whole() {
  forget
  bytes=$(printf "%0220d" 0 | sed "s/0/$o/g")
  talk "EHLO $(printf "%0250d" 0 | LC_ALL=C sed "s/0/$(printf "\\377")/g")" \
    "MAIL FROM:<$bytes$bytes@b.example> SMTPUTF8" "RCPT TO:<no$bytes$bytes@mx.example.org>" 'RCPT TO:<yes@mx.example.org>' DATA x .
  assertEquals '220 250 250 550 250 354 250 exit 0' "$(codes)"
  grep -q 'mail-smtpd: accepted pid=.* helo=.*\.\.\. from=.*\.\.\. id=[0-9a-f]* rcpts=1 bytes=2$' "$SCRATCH/log"
  assertTrue "accepted: $(cat "$SCRATCH/log")" $?
  grep -q 'mail-smtpd: refused pid=.* to=no.*\.\.\.: 550 5\.1\.1 ' "$SCRATCH/log"
  assertTrue 'refused' $?
}

# a user of this host with such a name is asked for like any other
test_lookup() {
  forget
  talk 'EHLO c' "MAIL FROM:<> SMTPUTF8" "RCPT TO:<yes$o@mx.example.org>" "RCPT TO:<no$o@mx.example.org>" RSET 'MAIL FROM:<a@b>' \
    "RCPT TO:<yes$o@mx.example.org>"
  assertEquals '220 250 250 250 550 250 250 553 exit 0' "$(codes)"
}

run_tests
