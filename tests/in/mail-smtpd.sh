#!/bin/sh
# mail-smtpd.sh - dialogues: each command, each reply, each limit; who may send what to whom; what reaches the queue

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() { smtpd_setup; }

# one message to yes@mx.example.org, with a body of the given lines
message() { talk 'EHLO c.example' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA "$@" . QUIT; }
# the reply to one RCPT
rcpt() {
  talk 'HELO c' 'MAIL FROM:<a@b.example>' "RCPT TO:<$1>"
  reply 4
}

test_session() {
  forget
  talk 'EHLO c.example' 'MAIL FROM:<a@b.example> SIZE=100 BODY=8BITMIME' 'RCPT TO:<yes@mx.example.org>' \
    'RCPT TO:<yes2@mx.example.org>' DATA 'Subject: x' '' '..dot' '.one' 'last' . QUIT
  assertEquals '220 250 250 250 250 354 250 221 exit 0' "$(codes)"
  assertEquals '220 mx.example.org ESMTP' "$(reply 1)"
  n=$(ls "$store" | sed -n 's/\.env//p')
  assertEquals 'Fa@b.example|b8|Tyes@mx.example.org|Tyes2@mx.example.org|' "$(env_of "$n")"
  assertEquals 'Subject: x

.dot
one
last' "$(mess "$n" | sed 1,2d)"
  assertTrue 'log matchers find "ok N qp"' "echo '$(reply 7)' | grep -q '^250 2.0.0 ok [0-9]* qp [0-9a-f]*$'"
  grep -q "accepted pid=[0-9]* ip=<> helo=c.example from=a@b.example id=0.* rcpts=2 bytes=26$" "$SCRATCH/log"
  assertTrue 'log line' $?
}

test_received() {
  forget
  export TCPREMOTEIP=192.0.2.7 TCPREMOTEHOST=host.example
  message x
  TCPREMOTEHOST=unknown; message x
  TCPREMOTEIP=2001:DB8::0:1; message x
  TCPREMOTEIP=::ffff:192.0.2.9; message x
  TCPREMOTEIP='1.2.3.4);' TCPREMOTEHOST='a(b'; message x
  RELAYCLIENT=''; export RELAYCLIENT; TCPREMOTEIP=10.1.2.3 TCPREMOTEHOST=inside.lan; message x
  unset TCPREMOTEIP TCPREMOTEHOST RELAYCLIENT
  talk 'HELO (c\d' 'MAIL FROM:<>' 'RCPT TO:<yes@mx.example.org>' DATA x .
  head -qn1 $(ls "$store"/*.mess | sort -V) > "$SCRATCH/heads"
  assertEquals 'Received: from c.example (host.example [192.0.2.7])
Received: from c.example ([192.0.2.7])
Received: from c.example ([IPv6:2001:db8::1])
Received: from c.example ([192.0.2.9])
Received: from c.example' "$(sed 5q "$SCRATCH/heads")"
  assertTrue 'nothing about our own clients' \
    "sed -n 6p '$SCRATCH/heads' | grep -q '^Received: by mx.example.org with ESMTP; [0-9]* [A-Z][a-z][a-z] 20'"
  assertEquals 'Received: from ?c?d' "$(sed -n 7p "$SCRATCH/heads")"
  n=$(ls "$store" | sort -V | sed -n 's/\.env//p' | tail -n1)
  assertTrue 'HELO is SMTP' "mess $n | sed -n 2p | grep -q '^  by mx.example.org with SMTP; .* -0000$'"
  assertEquals 'F|Tyes@mx.example.org|' "$(env_of "$n")"
}

# without tcpserver's environment (inetd, systemd) the socket tells
test_addresses_of_the_socket() {
  forget
  for host in 127.0.0.1 ::1; do
    mode="-tcp $host"
    literal=$host
    [ $host = ::1 ] && literal=IPv6:::1
    talk 'HELO c.example' 'MAIL FROM:<a@b.example>' "RCPT TO:<yes@[$literal]>" DATA x . QUIT
    assertEquals $host '220 250 250 250 354 250 221 exit 0' "$(codes)"
    n=$(ls "$store" | sort -V | sed -n 's/\.env//p' | tail -n1)
    assertEquals "Received: from c.example ([$literal])" "$(mess "$n" | sed 1q)"
    assertEquals 'Fa@b.example|Tyes@mx.example.org|' "$(env_of "$n")"
    assertTrue "grep -q ' ip=$host ' '$SCRATCH/log'"
  done
  mode=
}

# sendmail -bs: pipes
test_pipes() {
  forget
  printf '%s\r\n' 'HELO c' 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>' DATA x . > "$SCRATCH/in"
  # shellcheck disable=SC2002
  out=$(cat "$SCRATCH/in" | "$smtpd" 2>/dev/null | tr -d '\r')
  assertEquals '220 250 250 250 354 250' "$(codes)"
}

test_commands() {
  forget
  talk helo 'HELO x' 'noop anything' 'HELP me' 'VRFY yes' 'VRFY no' 'EXPN list' 'BLA' '' 'rset' 'quit' 'NOOP'
  assertEquals '220 501 250 250 214 252 252 502 500 500 250 221 exit 0' "$(codes)"
  assertEquals "$(reply 6)" "$(reply 7)"
  assertTrue 'enhanced codes everywhere but in greetings' \
    "! sed 1d '$SCRATCH/out' | grep -v '^250 mx.example.org' | grep -v '^exit' | grep -v '^[245][0-9][0-9] [245]\.[0-9]\.[0-9]* '"
}

test_order() {
  forget
  talk 'HELO x' DATA 'RCPT TO:<yes@mx.example.org>' 'MAIL FROM:<a@b>' DATA 'MAIL FROM:<c@d>' 'RCPT TO:<no@mx.example.org>' \
    DATA RSET 'RCPT TO:<yes@mx.example.org>' 'MAIL FROM:<a@b>' 'EHLO y' 'RCPT TO:<yes@mx.example.org>' 'DATA now'
  assertEquals '220 250 503 503 250 554 503 550 554 250 503 250 250 503 501 exit 0' "$(codes)"
  assertEquals 0 "$(stored)"
}

test_parameters() {
  forget
  echo 1000 > "$home/control/databytes"
  talk 'EHLO x' 'MAIL FROM:<a@b> SIZE=1000' RSET 'MAIL FROM:<a@b> SIZE=1001' 'MAIL FROM:<a@b> SIZE=' 'MAIL FROM:<a@b> SIZE=1x' \
    'MAIL FROM:<a@b> BODY=BINARYMIME' 'MAIL FROM:<a@b> body=7bit' RSET 'MAIL FROM:<a@b> FOO' 'MAIL FROM:<a@b>SIZE=1' \
    'MAIL FROM:<a@b> SIZE=99999999999999999999999999' 'MAIL FROM:<a@b>  ' 'RCPT TO:<yes@mx.example.org> FOO=BAR'
  assertEquals '220 250 250 250 552 501 501 501 250 250 555 501 501 250 555 exit 0' "$(codes)"
  assertContains "$out" '250-SIZE 1000'
}

test_paths() {
  forget
  talk 'EHLO x' 'MAIL FROM:a@b' RSET 'MAIL FROM: <a@b>' RSET 'MAIL FROM:<"a b\"c"@d>' RSET 'MAIL FROM:<@x,@y:a@b>' RSET \
    'MAIL FROM:<a@[192.0.2.1]>' RSET 'MAIL FROM:' 'MAIL FROM:<a@b' 'MAIL FROM:<a b@c>' 'MAIL FROM:<a@[1.2.3.400]>' \
    'MAIL FROM:<bare>' 'MAIL FROM:<#@[]>' 'MAIL TO:<a@b>' 'MAIL FROM:<>' 'RCPT TO:<>' 'RCPT TO:<bare>' 'RCPT TO:<Postmaster>'
  assertEquals '220 250 250 250 250 250 250 250 250 250 250 250 501 501 501 501 501 501 501 250 501 501 250 exit 0' \
    "$(codes)"
}

# every refusal of an address or parameter says why
test_reasons() {
  forget
  long=$(printf '%0901d' 0)
  label=$(printf '%064d' 0)
  while IFS='|' read -r path words; do
    talk 'EHLO c' "MAIL FROM:$path" 'MAIL FROM:<>' "RCPT TO:$path"
    assertContains "MAIL $path" "$(reply 3)" "501 5.1.7 $words"
    assertContains "RCPT $path" "$(reply 5)" "501 5.1.3 $words"
  done <<F
<a@c.test.>|the domain ends in a dot
<a@c..test>|the domain begins with a dot, or has two in a row
<a@.test>|the domain begins with a dot
<a@>|the domain is missing
<a@-c.test>|a part of the domain begins or ends with a hyphen
<a@$label.test>|a part of the domain is longer than 63 bytes
<a@$long>|the domain is longer than 255 bytes
<$long@c.test>|the address is longer than 900 bytes
<a@c!d.test>|there is a character in the wrong place, or one that must be in quotes: !
<a(b@c.test>|there is a character in the wrong place, or one that must be in quotes: (
<a@b@c.test>|there is a character in the wrong place, or one that must be in quotes: @
<a b@c.test>|a blank in an address must be in quotes
<a@c d.test>|a blank in an address must be in quotes
<"a@c.test>|a quote is not closed
<"a@c">|the address needs a domain behind its quotes
<@c.test>|nothing stands before the @
<@c.test,d.test:a@b>|the hosts of a route begin with @: d
<a@[192.0.2.256]>|no IP address is in the brackets
<a@[IPv6:x]>|no IP address is in the brackets
<a@[192.0.2.1>|a [ is not closed
<a@c.test|the > is missing
a@c.test>|there is a > and no <
F
  talk 'EHLO c' 'MAIL FROM:' "MAIL FROM:<$(printf '\303@c')>" 'MAIL FROM:<a@c>SIZE=1' 'MAIL FROM:<a@c> SIZE=x' \
    'MAIL FROM:<a@c> RET=x' 'MAIL FROM:<a@c> BODY=x' 'MAIL FROM:<a@c> BODY=7BIT BODY=7BIT' 'MAIL FROM:<a@c> FOO=1' 'MAIL FROM:<>' \
    'RCPT TO:' 'RCPT TO:<>' 'RCPT TO:<a@c> NOTIFY=x' 'RCPT TO:<a@c> ORCPT=x'
  assertEquals '501 5.1.7 MAIL FROM:<address> is needed
501 5.1.7 the address has bytes that are no UTF-8
501 5.5.4 behind the address a blank is needed before anything else
501 5.5.4 SIZE= is a number of bytes, of up to 20 digits
501 5.5.4 RET= is FULL or HDRS
501 5.5.4 BODY= is 7BIT or 8BITMIME
501 5.5.4 this parameter is there twice: BODY
555 5.5.4 this parameter is not known here: FOO
250 2.1.0 ok
501 5.1.3 RCPT TO:<address> is needed
501 5.1.3 <> is nobody: RCPT TO:<address> is needed
501 5.5.4 NOTIFY= is NEVER, or a list of SUCCESS, FAILURE, DELAY without doubles
501 5.5.4 ORCPT= is a type, a semicolon, an address in xtext: 500 characters at most
exit 0' "$(whole | sed 1,2d)"
}

test_who_is_named_twice() {
  forget
  talk 'EHLO c' 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>' 'RCPT TO:<yes2@mx.example.org>' 'RCPT TO:<yes@MX.example.ORG>' \
    'RCPT TO:<Yes@mx.example.org>' 'RCPT TO:<yes@mx.example.org> NOTIFY=NEVER' 'RCPT TO:<yes@mx.example.org> NOTIFY=NEVER' \
    'RCPT TO:<"yes"@mx.example.org>' 'RCPT TO:<no@mx.example.org>' 'RCPT TO:<yes2@mx.example.org>' DATA x . \
    'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>' DATA y .
  assertEquals '220 250 250 250 250 250 250 250 250 250 550 250 354 250 250 250 354 250 exit 0' "$(codes)"
  n=$(ls "$store" | sort -V | sed -n 's/\.env//p' | tail -n1)
  assertEquals 'Fa@b|Tyes@mx.example.org|Tyes2@mx.example.org|TYes@mx.example.org|Tyes@mx.example.org|nNEVER|' "$(env_of $((n - 1)))"
  assertTrue "grep -q 'accepted.* rcpts=4 ' '$SCRATCH/log'"
  assertEquals 'the next message is another' 'Fa@b|Tyes@mx.example.org|' "$(env_of "$n")"
  assertEquals 'asked once' 1 "$(grep -c '^yes2@' "$store/asked")"
}

test_relay_matrix() {
  forget
  assertContains 'own domain' "$(rcpt yes@MX.Example.Org)" '250 '
  assertContains 'other domain' "$(rcpt yes@other.example)" '550 5.7.1 relaying refused'
  printf 'virtual.example:joe\n.sub.example:joe\nexcept.sub.example:\nyes@only.example:joe\n:catchall\n' > "$home/control/virtualdomains"
  assertContains 'virtual domain' "$(rcpt yes@virtual.example)" '250 '
  assertContains 'virtual suffix' "$(rcpt yes@a.sub.example)" '250 '
  assertContains 'exception' "$(rcpt yes@except.sub.example)" '550 5.7.1'
  assertContains 'virtual address' "$(rcpt yes@only.example)" '250 '
  assertContains 'its neighbour' "$(rcpt other@only.example)" '550 5.7.1'
  assertContains 'the entry for all domains opens no relay' "$(rcpt yes@other.example)" '550 5.7.1'
  assertContains 'unknown user of a virtual domain' "$(rcpt no@virtual.example)" '550 5.1.1'
  printf 'backup.example\n.suffix.example\nmx.example.org\n' > "$home/control/rcpthosts"
  assertContains 'rcpthosts' "$(rcpt no@backup.example)" '250 '
  assertContains 'rcpthosts suffix' "$(rcpt no@x.y.suffix.example)" '250 '
  assertContains 'the suffix itself is not meant' "$(rcpt no@suffix.example)" '550 5.7.1'
  assertContains 'own domain in rcpthosts is checked' "$(rcpt no@mx.example.org)" '550 5.1.1'
  assertContains 'virtual domain not in rcpthosts' "$(rcpt yes@virtual.example)" '550 5.7.1'
  : > "$home/control/rcpthosts"
  assertContains 'empty rcpthosts: nothing' "$(rcpt yes@mx.example.org)" '550 5.7.1'
}

test_relayclient() {
  forget
  export RELAYCLIENT=''
  assertContains 'any domain' "$(rcpt x@other.example)" '250 '
  assertContains 'unknown users are refused to them too' "$(rcpt no@mx.example.org)" '550 5.1.1'
  RELAYCLIENT=@gateway.example
  talk 'HELO c' 'MAIL FROM:<root>' 'RCPT TO:<x@other.example>' 'RCPT TO:<cron>' DATA x .
  unset RELAYCLIENT
  n=$(ls "$store" | sed -n 's/\.env//p')
  assertEquals 'Froot@mx.example.org|Tx@other.example@gateway.example|Tcron@mx.example.org@gateway.example|' "$(env_of "$n")"
}

test_percenthack_opens_no_relay() {
  forget
  echo mx.example.org > "$home/control/percenthack"
  assertContains "$(rcpt yes%other.example@mx.example.org)" '550 5.7.1'
  assertContains "$(rcpt yes%mx.example.org@mx.example.org)" '250 '
}

test_lookup_answers() {
  forget
  assertContains "$(rcpt yes@mx.example.org)" '250 2.1.5'
  assertContains "$(rcpt no@mx.example.org)" '550 5.1.1'
  assertContains "$(rcpt later@mx.example.org)" '450 4.'
  assertContains "$(rcpt unknown@mx.example.org)" '250 2.1.5'
  assertContains "$(rcpt else@mx.example.org)" '450 4.'
  echo 0 > "$home/control/acceptunknown"
  assertContains "$(rcpt unknown@mx.example.org)" '550 5.1.1'
  echo mx.example.org > "$home/control/rcpthosts"
  assertContains "$(rcpt else@mx.example.org)" '250 2.1.5'
  assertContains "$(rcpt Postmaster)" '250 2.1.5'
  assertEquals 'Postmaster@mx.example.org' "$(tail -n1 "$store/asked")"
  TCPLOCALIP=192.0.2.1; export TCPLOCALIP
  assertContains "$(rcpt 'yes@[192.0.2.1]')" '250 2.1.5'
  unset TCPLOCALIP
  assertContains "$(rcpt 'yes@[192.0.2.1]')" '550 5.7.1'
}

test_lookup_restarts() {
  forget
  talk 'HELO c' 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>' 'RCPT TO:<die@mx.example.org>' 'RCPT TO:<yes@mx.example.org>' \
    'RCPT TO:<mangled@mx.example.org>' 'RCPT TO:<no@mx.example.org>'
  assertEquals '220 250 250 250 450 250 450 550 exit 0' "$(codes)"
}

test_caller_of_this_host() {
  need_root || return 0
  need setpriv util-linux || return 0
  forget
  old=$smtpd smtpd="setpriv --reuid 65534 --regid 65534 --clear-groups $smtpd"
  printf '%s\r\n' 'HELO c' 'MAIL FROM:<bare>' 'RCPT TO:<no>' 'RCPT TO:<x@other.example>' DATA x . > "$SCRATCH/in"
  export RELAYCLIENT=''
  # shellcheck disable=SC2086
  out=$(python3 -I -S "$stub/smtp-client" $smtpd < "$SCRATCH/in" 2>/dev/null)
  unset RELAYCLIENT
  assertEquals 'cannot ask, and need not' '220 250 250 250 250 354 250 exit 0' "$(codes)"
  # shellcheck disable=SC2086
  out=$(sed s/bare/a@b/ "$SCRATCH/in" | python3 -I -S "$stub/smtp-client" $smtpd 2>/dev/null)
  assertEquals 'without RELAYCLIENT no favours' '220 250 250 501 550 554' "$(codes | cut -c1-23)"
  smtpd=$old
}

test_badmailfrom() {
  forget
  printf 'Bad@spam.example\n@worse.example\n' > "$home/control/badmailfrom"
  talk 'HELO c' 'MAIL FROM:<bad@SPAM.example>' 'RCPT TO:<yes@mx.example.org>' DATA RSET 'MAIL FROM:<x@worse.example>' \
    'RCPT TO:<yes@mx.example.org>' RSET 'MAIL FROM:<good@spam.example>' 'RCPT TO:<yes@mx.example.org>'
  assertEquals '220 250 250 553 554 250 250 553 250 250 250 exit 0' "$(codes)"
}

test_badmailto() {
  forget
  printf 'Yes1@mx.example.org\n@gone.example\n' > "$home/control/badmailto"
  talk 'HELO c' 'MAIL FROM:<>' 'RCPT TO:<yes1@MX.example.org>' 'RCPT TO:<yes@mx.example.org>' 'RCPT TO:<x@gone.example>'
  assertEquals '220 250 250 550 250 550 exit 0' "$(codes)"
  assertEquals '550 5.7.1 mail to this address is not taken here' "$(reply 4)"
  export RELAYCLIENT=
  talk 'HELO c' 'MAIL FROM:<>' 'RCPT TO:<x@gone.example>' 'RCPT TO:<x@sub.gone.example>'
  unset RELAYCLIENT
  assertEquals '220 250 250 550 250 exit 0' "$(codes)"
}

# an address has more names than one: by way of percenthack, and with the domain as the DNS has it
test_bans_by_other_names() {
  forget
  printf '%s\n' yes1@mx.example.org @xn--b-1ga.example > "$home/control/badmailto"
  echo @xn--b-1ga.example > "$home/control/badmailfrom"
  echo Hack.example > "$home/control/percenthack"
  o=$(printf '\303\266')
  export RELAYCLIENT=
  talk 'EHLO c' 'MAIL FROM:<> SMTPUTF8' 'RCPT TO:<yes1%MX.example.org@hack.example>' 'RCPT TO:<a%b%mx.example.org@hack.example>' \
    "RCPT TO:<x@B$o.example>" "RCPT TO:<x%b$o.example@hack.example>" "RCPT TO:<x@${o}b.example>" RSET \
    "MAIL FROM:<x@b$o.example> SMTPUTF8" 'RCPT TO:<yes@mx.example.org>'
  unset RELAYCLIENT
  rm "$home/control/percenthack"
  assertEquals '220 250 250 550 250 550 550 250 250 250 553 exit 0' "$(codes)"
}

test_too_many_recipients() {
  forget
  echo 2 > "$home/control/maxrcpt"
  talk 'HELO c' 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>' 'RCPT TO:<yes@mx.example.org>' 'RCPT TO:<yes@mx.example.org>' DATA x .
  assertEquals '220 250 250 250 250 452 354 250 exit 0' "$(codes)"
}

test_probing_ends() {
  forget
  echo 3 > "$home/control/tarpitcount"
  echo 4 > "$home/control/brtlimit"
  start=$(date +%s%N)
  mode=-hold
  talk 'HELO c' 'MAIL FROM:<a@b>' 'RCPT TO:<no1@mx.example.org>' 'RCPT TO:<no2@mx.example.org>' 'RCPT TO:<yes@mx.example.org>' \
    'RCPT TO:<x@other.example>' 'RCPT TO:<no@mx.example.org>' 'NOOP'
  mode=
  assertEquals '220 250 250 550 550 250 550 550 421 exit 0' "$(codes)"
  assertTrue 'the fourth refusal waited' "[ $((($(date +%s%N) - start) / 1000000)) -ge 1000 ]"
}

test_errors_end() {
  forget
  mode=-hold
  talk 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21
  mode=
  assertEquals '421 4.7.0 too many errors' "$(reply 22)"
  assertEquals 'exit 0' "$(reply 23)"
}

test_commands_end() {
  forget
  echo 1 > "$home/control/maxrcpt"
  mode=-hold
  # shellcheck disable=SC2046
  talk $(yes NOOP | head -n 300)
  mode=
  assertEquals '421 4.7.0 too many commands' "$(reply 204)"
}

test_slow_client() {
  forget
  echo 1 > "$home/control/timeoutsmtpd"
  mode=-hold
  talk 'HELO c'
  assertEquals '220 250 421 exit 0' "$(codes)"
  talk 'HELO c' 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>' DATA x
  assertEquals '220 250 250 250 354 421 exit 0' "$(codes)"
  rm "$home/control/timeoutsmtpd"
  echo 1 > "$home/control/sessiontime"
  talk 'HELO c'
  assertEquals '220 250 421 exit 0' "$(codes)"
  mode=
  assertEquals 0 "$(stored)"
}

test_deaf_client() {
  forget
  echo 1 > "$home/control/timeoutsmtpd"
  printf '%0400d\n' 0 > "$home/control/smtpgreeting"
  mode=-deaf
  yes 'EHLO x' | head -n 2100 > "$SCRATCH/lines"
  sed -i 's/$/\r/' "$SCRATCH/lines"
  mv "$SCRATCH/lines" "$SCRATCH/in"
  run_client
  mode=
  assertEquals 'exit 0' "$out"
  assertTrue "grep -q 'session ended.*time is over' '$SCRATCH/log'"
}

test_size() {
  forget
  echo 100 > "$home/control/databytes"
  message 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 ..234567890 01
  assertContains '100 bytes on the wire, a doubled dot counted once' "$(reply 6)" '250 2.0.0'
  message 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 012
  assertContains '101 bytes' "$(reply 6)" '552 5.3.4'
  body='01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567'
  start='EHLO c\r\nMAIL FROM:<a@b> SIZE=100\r\nRCPT TO:<yes@mx.example.org>\r\n'
  talk_raw "${start}BDAT 98\r\n${body}BDAT 2 LAST\r\n\r\n"
  assertEquals 'in chunks' '220 250 250 250 250 250 exit 0' "$(codes)"
  talk_raw "${start}BDAT 99\r\n${body}xBDAT 2 LAST\r\n\r\n"
  assertEquals 'and too much in chunks' '220 250 250 250 250 552 exit 0' "$(codes)"
  assertEquals 2 "$(stored)"
  DATABYTES=200; export DATABYTES
  message 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 01
  assertContains 'the environment wins' "$(reply 6)" '250 2.0.0'
  DATABYTES=2k; message x
  assertEquals '421 exit 111' "$(codes)"
  unset DATABYTES
}

test_hops() {
  forget
  # shellcheck disable=SC2046
  message $(yes Received:x | head -n 100) '' Received:body
  assertContains 'a hundred' "$(reply 6)" '250 2.0.0'
  # shellcheck disable=SC2046
  message $(yes Received:x | head -n 100) Delivered-TO:y ''
  assertContains 'one more' "$(reply 6)" '554 5.4.6'
}

test_large_message() {
  forget
  python3 -S -c "
import sys
w = sys.stdout.buffer
w.write(b'HELO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<yes@mx.example.org>\r\nDATA\r\n')
w.write((bytes(range(1, 10)) + bytes(range(14, 256)) + b'\r\n') * 39841 + b'.\r\n')" > "$SCRATCH/in"
  run_client
  assertEquals '220 250 250 250 354 250 exit 0' "$(codes)"
  n=$(ls "$store" | sed -n 's/\.env//p')
  assertEquals 'every byte' "$(python3 -S -c "import sys; sys.stdout.buffer.write((bytes(range(1, 10)) + bytes(range(14, 256)) + b'\n') * 39841)" | cksum)" \
    "$(mess "$n" | sed 1,2d | cksum)"
}

test_queue_answers() {
  forget
  for answer in '11 5.1.0 too long=554 5.1.0 too long' '31 5.6.0 no=554 5.6.0 no' '53 4.3.1 disk full=451 4.3.1 disk full' \
    '35 odd=554 5.3.0' '31 4.0.0 contradiction=554 5.3.0' '200 5.0.0 unheard of=451 4.3.0' 'die=451 4.3.0' 'slam=451 4.3.0'; do
    echo "${answer%%=*}" > "$store/answer"
    message x
    assertContains "$answer" "$(reply 6)" "${answer#*=}"
    assertContains "$(reply 7)" '221 '
  done
  rm "$store/answer"
  assertEquals 0 "$(stored)"
}

# nor when it closes a connection that is idle
test_lookup_restarts_between_questions() {
  forget
  mkfifo "$SCRATCH/client"
  "$smtpd" < "$SCRATCH/client" > "$SCRATCH/half" 2> "$SCRATCH/log" &
  session=$!
  exec 8> "$SCRATCH/client"
  printf 'HELO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<yes1@mx.example.org>\r\n' >&8
  wait_for 60 grep -q '250 2.1.5' "$SCRATCH/half"
  services_stop
  services_start
  printf 'RCPT TO:<yes2@mx.example.org>\r\nQUIT\r\n' >&8
  wait $session
  exec 8>&-
  out=$(tr -d '\r' < "$SCRATCH/half")
  assertEquals '220 250 250 250 250 221' "$(codes)"
}
test_second_message_after_queue_restart() {
  forget
  echo die > "$store/answer"
  talk 'HELO c' 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>' DATA x . 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>' DATA x .
  assertEquals '220 250 250 250 354 451 250 250 354 451 exit 0' "$(codes)"
}

test_services_down() {
  forget
  printf 'mx.example.org\nrelayed.example\n' > "$home/control/rcpthosts"
  mv "$home/run" "$home/away"
  (sleep 2; mv "$home/away" "$home/run") &
  message x
  assertContains 'a restart is waited for' "$(reply 6)" '250 2.0.0'
  services_stop
  for rcpt in yes@mx.example.org x@relayed.example; do          # both at once, since each waits ten seconds
    (
      SCRATCH=$SCRATCH/$rcpt
      mkdir "$SCRATCH"
      talk 'HELO c' 'MAIL FROM:<a@b>' "RCPT TO:<$rcpt>" DATA NOOP
      codes > "$SCRATCH/codes"
    ) &
  done
  sleep 9.8
  wait_for 60 grep -q exit "$SCRATCH/yes@mx.example.org/codes"
  wait_for 60 grep -q exit "$SCRATCH/x@relayed.example/codes"
  assertEquals 'no look-up' '220 250 250 451 554 250 exit 0' "$(cat "$SCRATCH/yes@mx.example.org/codes")"
  assertEquals 'no queue' '220 250 250 250 451 250 exit 0' "$(cat "$SCRATCH/x@relayed.example/codes")"
  services_start
}

test_unusable_settings_refuse() {
  need_root || return 0
  forget
  for name in rcpthosts locals virtualdomains badmailfrom badmailto; do
    mkdir "$home/control/$name"
    talk 'HELO c'
    rmdir "$home/control/$name"
    assertEquals "$name" '421 exit 111' "$(codes)"
    echo mx.example.org > "$home/control/$name"
    chmod 0600 "$home/control/$name"
    talk 'HELO c'
    rm "$home/control/$name"
    assertEquals "$name" '421 exit 111' "$(codes)"
  done
  printf '%0401d\n' 0 > "$home/control/smtpgreeting"
  talk 'HELO c'
  rm "$home/control/smtpgreeting"
  assertEquals "the default counts" '220 250 exit 0' "$(codes)"
  echo many > "$home/control/databytes"
  talk 'HELO c'
  rm "$home/control/databytes"
  assertEquals '421 exit 111' "$(codes)"
  mv "$home/control/me" "$SCRATCH/me"
  talk 'HELO c'
  mv "$SCRATCH/me" "$home/control/me"
  assertEquals '421 exit 111' "$(codes)"
}

test_vanished_client() {
  forget
  whole='HELO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<yes@mx.example.org>\r\nDATA\r\nline\r\n.\r'
  len=$(printf "$whole" | wc -c)
  for n in 0 1 7 8 20 30 60 62 64 66 68 70 $((len - 1)) "$len"; do
    mode="-vanish $n"
    talk_raw "$whole"
    assertEquals "after $n bytes" 'exit 0' "$(echo "$out" | tail -n1)"
    grep -q 'session ended.*: ' "$SCRATCH/log" || fail "not in the log after $n bytes"
  done
  mode=
  sleep 0.2
  assertEquals 0 "$(stored)"
}

test_no_version() {
  forget
  talk 'HELP' 'EHLO x' 'HELO x' 'VRFY x' 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>' DATA x . QUIT
  assertTrue "! grep -Eiq 'bulkhead|qmail|mail-smtpd|http|version' '$SCRATCH/out'"
  assertTrue "! grep -Eiq 'bulkhead|qmail|mail-smtpd|version' '$store'/*.mess"
}

test_log_is_one_line_of_ascii() {
  forget
  talk_raw 'HELO \033[31mx\203\r\nMAIL FROM:<a@b>\r\nRCPT TO:<"\\ x"@other.example>\r\n'
  assertEquals 0 "$(LC_ALL=C grep -c '[^ -~]' "$SCRATCH/log")"
  grep -q 'helo=\\x1b\[31mx\\x83 ' "$SCRATCH/log"
  assertTrue $?
}

# who reads the log sees why nothing came of it
test_refusals_before_a_recipient_are_logged() {
  forget
  echo 100 > "$home/control/databytes"
  talk 'EHLO c' 'MAIL FROM:<big@b.example> SIZE=200' 'MAIL FROM:<bare>' 'MAIL FROM:<a@b.example> X=y' 'MAIL FROM:<a b>' MAIL \
    'MAIL FROM:<a@b.example>' 'RCPT TO:<bare>' 'RCPT TO:<yes@mx.example.org> X=y' 'RCPT TO:<' RCPT QUIT
  assertEquals '220 250 552 501 555 501 501 250 501 555 501 501 221 exit 0' "$(codes)"
  while read -r line; do
    grep -q "^mail-smtpd: $line" "$SCRATCH/log" || fail "not logged: $line: $(cat "$SCRATCH/log")"
  done << 'E'
refused message pid=.* helo=c from=big@b.example: 552 5.3.4 the message is larger
refused message pid=.* helo=c from=bare: 501 5.1.7 the sender.s address needs a domain
refused message pid=.* helo=c from=a@b.example: 555 5.5.4 
refused message pid=.* helo=c from=<a.x20b>: 501 5.1.7 
refused message pid=.* helo=c from=<>: 501 5.1.7 
refused pid=.* helo=c from=a@b.example to=bare: 501 5.1.3 the recipient.s address needs a domain
refused pid=.* helo=c from=a@b.example to=yes@mx.example.org: 555 5.5.4 
refused pid=.* helo=c from=a@b.example to=<: 501 5.1.3 
refused pid=.* helo=c from=a@b.example to=<>: 501 5.1.3 
E
}

test_log_stays_out_of_the_dialogue() {
  forget
  cat > "$SCRATCH/inetd" <<'F'
#!/bin/sh
exec "$1" 2>&0
F
  old=$smtpd
  smtpd="sh $SCRATCH/inetd $old"
  printf 'HELO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<x@other.example>\r\n' > "$SCRATCH/in"
  # shellcheck disable=SC2086
  out=$(python3 -S "$stub/smtp-client" $smtpd < "$SCRATCH/in")
  smtpd=$old
  assertNotContains "$out" 'refused pid'
}

test_never_runs_as_root() {
  need_root || return 0
  forget
  mkfifo "$SCRATCH/open"
  # a file of its own: in that of the others there is a greeting
  "$smtpd" < "$SCRATCH/open" > "$SCRATCH/greeting" 2>&1 & pid=$!
  exec 4> "$SCRATCH/open"
  wait_for 60 grep -q 220 "$SCRATCH/greeting"
  assertEquals "$(awk '$1 == "maild" { print $2 }' "$home.users")" "$(awk '/^Uid/ { print $2 }' "/proc/$pid/status")"
  exec 4>&-
  wait $pid
}

run_tests
