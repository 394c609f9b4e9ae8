#!/bin/sh
# mail-smtpd-dsn.sh - what a client asks of reports (RFC 3461) reaches the envelope as it came

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() { smtpd_setup; }

test_kept() {
  forget
  talk 'EHLO c' 'MAIL FROM:<a@b> RET=HDRS ENVID=QQ+2B1 BODY=8BITMIME' 'RCPT TO:<yes1@mx.example.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;x@y' \
    'RCPT TO:<no@mx.example.org> NOTIFY=NEVER' 'RCPT TO:<yes2@mx.example.org>' 'RCPT TO:<yes3@mx.example.org> notify=never' DATA x .
  assertEquals '220 250 250 250 550 250 250 354 250 exit 0' "$(codes)"
  assertContains "$out" '250-DSN'
  assertEquals 'Fa@b|rHDRS|eQQ+2B1|b8|Tyes1@mx.example.org|nSUCCESS,DELAY|orfc822;x@y|Tyes2@mx.example.org|Tyes3@mx.example.org|nNEVER|' \
    "$(env_of "$(ls "$store" | sed -n 's/\.env//p')")"
}

test_refused_leave_nothing() {
  forget
  talk 'EHLO c' 'MAIL FROM:<a@b> ENVID=x RET=NO' 'MAIL FROM:<a@b> RET=FULL RET=HDRS' 'MAIL FROM:<a@b>' \
    'RCPT TO:<yes@mx.example.org> ORCPT=x@y' 'RCPT TO:<yes@mx.example.org> NOTIFY=NEVER,DELAY' 'RCPT TO:<yes@mx.example.org>' DATA x .
  assertEquals '220 250 501 501 250 501 501 250 354 250 exit 0' "$(codes)"
  assertEquals 'Fa@b|Tyes@mx.example.org|' "$(env_of "$(ls "$store" | sed -n 's/\.env//p')")"
}

test_reset_forgets() {
  forget
  talk 'EHLO c' 'MAIL FROM:<a@b> RET=FULL ENVID=x' 'RCPT TO:<yes@mx.example.org> NOTIFY=NEVER' RSET 'MAIL FROM:<c@d>' \
    'RCPT TO:<yes@mx.example.org>' DATA x .
  assertEquals 'Fc@d|Tyes@mx.example.org|' "$(env_of "$(ls "$store" | sed -n 's/\.env//p')")"
}

run_tests
