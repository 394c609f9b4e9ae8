#!/bin/sh
# mail-smtpd-replies.sh - every reply there is: each is drawn, and each has its enhanced status code (RFC 2034)
#
# What replies there are is taken from the source, so that a new one without a dialogue here is found.

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

to='RCPT TO:<yes@mx.example.org>'
utf8=$(printf '\303\266')
say() { talk "$@"; cat "$SCRATCH/out" >> "$SCRATCH/all"; }
say_raw() { talk_raw "$1"; cat "$SCRATCH/out" >> "$SCRATCH/all"; }
set_to() { echo "$2" > "$home/control/$1"; }

oneTimeSetUp() {
  smtpd_setup
  : > "$SCRATCH/all"
  ok_dialogues
  refused_dialogues
  message_dialogues
  ending_dialogues
  program_dialogues
  tr -d '\r' < "$SCRATCH/all" | grep -v '^exit ' | sort -u > "$SCRATCH/replies"
}

ok_dialogues() {
  say 'EHLO c' 'HELO c' NOOP HELP VRFY 'MAIL FROM:<a@b>' "$to" DATA x . RSET QUIT
  say_raw "MAIL FROM:<a@b>\r\n$to\r\nBDAT 1\r\nxDATA\r\n$to\r\nMAIL FROM:<>\r\nBDAT 0 LAST\r\n"
}

refused_dialogues() {
  set_to maxrcpt 1
  set_to databytes 100
  set_to badmailfrom bad@b
  set_to badmailto yes@bad.example
  say BLA EXPN HELO DATA "$to" 'MAIL TO:<a@b>' 'MAIL FROM:<a>' 'MAIL FROM:<a@b> X=1' 'MAIL FROM:<a@b> SIZE=x' \
    'MAIL FROM:<a@b> SIZE=1 SIZE=1' "NOOP $(printf '%02050d' 0)"
  say "MAIL FROM:<$utf8@b>" 'MAIL FROM:<a@b> SIZE=101' 'MAIL FROM:<a@b>' 'RCPT FROM:<a@b>' 'RCPT TO:<>' 'RCPT TO:<a>' \
    "RCPT TO:<$utf8@b>" 'RCPT TO:<no@mx.example.org>' 'RCPT TO:<x@other.example>' 'RCPT TO:<later@mx.example.org>' \
    'RCPT TO:<yes@bad.example>' DATA 'DATA x' "$to" "$to"
  say 'MAIL FROM:<bad@b>' "$to"
  say_raw 'BDAT 1 LAST\r\nx'
  forget
  parameter_dialogues
}

parameter_dialogues() {
  say 'MAIL FROM:<a@b>X' 'MAIL FROM:<a@b> BODY=X' 'MAIL FROM:<a@b> RET=X' 'MAIL FROM:<a@b> ENVID=' 'MAIL FROM:<a@b> SMTPUTF8=1'
  say 'MAIL FROM:<a@b>' "$to NOTIFY=X" "$to ORCPT=x"
  printf '%s\n' CHUNKING DSN > "$home/control/ehlohide"
  say 'MAIL FROM:<a@b> RET=FULL'
  say_raw 'BDAT 1 LAST\r\nx'
  forget
  long=$(printf '%0895d' 0)
  RELAYCLIENT=''; export RELAYCLIENT
  say "MAIL FROM:<$long>" 'MAIL FROM:<a@b>' "RCPT TO:<$long>"
  unset RELAYCLIENT
}

message_dialogues() {
  set_to databytes 300
  for body in '\rx' "Subject: x\r\n$(yes 'Received:\r\n' | head -n 101 | tr -d '\n')" \
    "$(printf '%0400d' 0)"; do
    [ "$body" = '\rx' ] || set_to databytes 3000
    [ "${#body}" != 400 ] || set_to databytes 300
    say_raw "MAIL FROM:<a@b>\r\n$to\r\nDATA\r\n$body\r\n.\r\n"
  done
  for answer in '11 5.1.0 own words' '11 5.1 no code' '31 5. x' '53 4.3.1 own words' '53 4.x' '53 words' die; do
    echo "$answer" > "$store/answer"
    say 'MAIL FROM:<a@b>' "$to" DATA x .
  done
  forget
}

ending_dialogues() {
  say_raw 'NOOP\rNOOP\r\n'
  say 'GET / HTTP/1.0'
  say 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
  say 'BDAT x'
  set_to brtlimit 1
  say 'MAIL FROM:<a@b>' 'RCPT TO:<no@mx.example.org>'
  set_to maxrcpt 1
  # shellcheck disable=SC2046
  say $(yes NOOP | head -n 203)
  forget
  set_to sessionbytes 1
  say 'MAIL FROM:<a@b>' "$to" DATA x . 'MAIL FROM:<a@b>'
  set_to greetdelay 1
  say NOOP
  forget
  set_to strictpipelining 1
  say 'EHLO c' NOOP
  set_to timeoutsmtpd 1
  mode=-hold
  say
  mode=
  set_to databytes x
  say
  forget
}

program_dialogues() {
  for action in 'REJECT' 'REJECT 5.7 no code' 'DEFER 4.7.x no code' 'REJECT 5.9.9 own' '450 4.2.0 own' '554 words' '421 bye' XYZ; do
    printf '#!/bin/sh\nwhile read -r l; do [ "$l" ] || printf "action=%s\\n\\n"; done\n' "$action" > "$home/bin/check"
    chmod 0755 "$home/bin/check"
    RCPTCHECK=bin/check; export RCPTCHECK
    say 'MAIL FROM:<a@b>' "$to"
    unset RCPTCHECK
  done
  for words in '5.1 no code' '5.1.1.1 no code' '5.2.3 own words'; do
    printf '#!/bin/sh\ncat > /dev/null; cat <&1 > /dev/null; printf "%%s" "D%s" >&4; exit 82\n' "$words" > "$home/bin/filter"
    chmod 0755 "$home/bin/filter"
    QMAILQUEUE=bin/filter; export QMAILQUEUE
    say 'MAIL FROM:<a@b>' "$to" DATA x .
    unset QMAILQUEUE
  done
}

# the greeting, EHLO's and HELO's reply and 354 have none
test_every_reply_has_its_code() {
  assertEquals '' "$(grep -vE '^([245])[0-9][0-9] \1\.[0-9]{1,3}\.[0-9]{1,3} [ -~]+$' "$SCRATCH/replies" |
    grep -vE '^(220 mx\.example\.org ESMTP|250[ -](mx\.example\.org|PIPELINING|8BITMIME|CHUNKING|DSN|SMTPUTF8|SIZE [0-9]+|LIMITS RCPTMAX=[0-9]+|ENHANCEDSTATUSCODES)|354 [ -~]+)$')"
  assertTrue 'no code twice' "! grep -E '^... [245]\.[0-9]+\.[0-9]+ [245]\.[0-9]+\.[0-9]+ ' '$SCRATCH/replies'"
}

test_codes_that_are_none_are_words() {
  for reply in '550 5.7.1 5.7 no code' '450 4.7.1 4.7.x no code' '550 5.9.9 own' '450 4.2.0 own' '554 5.7.1 words' '450 4.7.1 bye' \
    '554 5.1.0 own words' '451 4.3.1 own words' '554 5.7.1 5.1 no code' '554 5.7.1 5.1.1.1 no code' '554 5.2.3 own words'; do
    grep -qxF "$reply" "$SCRATCH/replies" || fail "not said: $reply"
  done
}

# The rest is drawn by other tests (named below), or cannot be: there is no way to run out of memory there.
test_every_reply_of_the_source_was_drawn() {
  for f in src/in/*.c; do
    case $f in
      */qm[tq]p.c | */mail-qm[tq]pd.c | */entry.c) continue ;;
      */dnscheck.c) continue ;;                 # dnscheck.sh
      */starttls.c) continue ;;                 # mail-smtpd-tls.sh
      */auth.c) continue ;;                     # mail-smtpd-auth.sh
    esac
    replies_of "$f"
  done | while read -r reply; do
    case $reply in
      '452 4.3.0 out of memory') continue ;;
      '501 5.5.4 AUTH= is <> or an address'*) continue ;;       # mail-smtpd-auth.sh
      '550 5.6.0 the message has a CR or a NUL; lines end in LF') continue ;;   # mail-qmtpd.sh
      '451 4.3.0 the queue is not available now') continue ;;                   # mail-smtpd.sh, where it is waited for
      '451 4.3.0 cannot look up recipients now') continue ;;
      '421 4.3.2 others need the place of an idle client: come again') continue ;;      # dispatch.sh
      '451 4.3.0 cannot find out now whether mail for that domain is taken') continue ;;        # mail-newmrh.sh
    esac
    echo "$reply"
    grep -qF "$reply" "$SCRATCH/replies" || echo "never drawn: $reply"
  done > "$SCRATCH/source"
  assertEquals '' "$(grep '^never' "$SCRATCH/source")"
  assertTrue 'the source was read' "[ $(wc -l < "$SCRATCH/source") -ge 50 ]"
}

run_tests
