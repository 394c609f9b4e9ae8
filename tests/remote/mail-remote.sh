# mail-remote against servers that are polite, odd, hostile, slow or dead (tests/stub/smtpsink.py, tests/stub/dns.py)

. "$(dirname "$0")/../lib.sh"
. "$stub/remote.sh"

scripted=

oneTimeSetUp() { remote_setup; }

crlf() { sed 's/^\./../; s/$/\r/' "$1"; printf '.\r\n'; }

test_message_is_sent_as_it_is() {
  sink 127.0.0.1
  { cat "$SCRATCH/m"; head -c 3000 /dev/zero | tr '\0' x; printf '\nno end'; } > "$SCRATCH/m2"
  { echo "job 1 $SCRATCH/m2 from@a.test b@x.test"; echo wait 1; echo nojobs; echo exit; } | remote
  assertTrue 'delivered' "said '^rcpt 1 0 K 2.0.0 127.0.0.1\[127.0.0.1\]:$port answered the message: 250 2.0.0 taken (unasked)$'"
  assertTrue 'relay' "said '^report 1 4 127.0.0.1\[127.0.0.1\]:$port$'"
  assertTrue 'exit' "said '^exit 0$'"
  assertEquals 'every byte' "$({ cat "$SCRATCH/m2"; echo; } > "$SCRATCH/m3"; crlf "$SCRATCH/m3" | cksum)" "$(cksum < "$S/msg.1")"
  assertTrue 'QUIT' "saw '^1> QUIT$'"
  assertFalse 'bare line ends' "grep -q bare '$S/log'"
  assertTrue 'SIZE counts CRLF' "saw '^1> MAIL FROM:<from@a.test> SIZE=$(crlf "$SCRATCH/m3" | sed '$d; s/^\.\././' | wc -c)$'"
}

test_empty_message_and_empty_senders() {
  sink 127.0.0.1
  : > "$SCRATCH/empty"
  { echo "job 1 $SCRATCH/empty <> b@x.test"; echo wait 1; echo "job 2 $SCRATCH/empty #@[] b@x.test"; echo wait 2; } | remote
  assertTrue 'done' "said '^rcpt 1 0 K'"
  assertTrue 'done' "said '^rcpt 2 0 K'"
  assertEquals 'both senders' 2 "$(count 'MAIL FROM:<> SIZE=0$')"
  assertEquals '.' "$(tr -d '\r' < "$S/msg.1")"
}

test_jobs_share_a_connection() {
  sink 127.0.0.1
  { for i in 1 2 3; do echo "job $i $SCRATCH/m from@a.test b$i@x.test"; echo "wait $i"; done; } | remote
  assertEquals 'connections' 1 "$(count '^connect')"
  assertEquals 'messages' 3 "$(count ' message ')"
  assertEquals 'no RSET needed' 0 "$(count RSET)"
}

test_rset_after_a_transaction_that_failed() {
  sink 127.0.0.1 'rcpt:no@x.test=550 no'
  { echo "job 1 $SCRATCH/m from@a.test no@x.test"; echo wait 1; echo "job 2 $SCRATCH/m from@a.test b@x.test"; echo wait 2; } | remote
  assertTrue 'refused' "said '^rcpt 1 0 D 5.0.0 .* answered RCPT: 550 no$'"
  assertTrue 'next one' "said '^rcpt 2 0 K'"
  assertEquals 'connections' 1 "$(count '^connect')"
  assertEquals 'RSET before the next' 'RSET MAIL' "$(grep -A1 RSET "$S/log" | sed 's/^1> //; s/ .*//' | xargs)"
}

mixed() {
  sink 127.0.0.1 "$@" 'rcpt:no@x.test=550-5.1.1 not here|550 5.1.1 at all' 'rcpt:later@x.test=450 4.2.1 busy' \
    'rcpt:many@x.test=552 too many' 'rcpt:full@x.test=552 5.2.2 full' 'rcpt:fwd@x.test=251 will do'
  one a@x.test no@x.test later@x.test b@x.test many@x.test full@x.test fwd@x.test
  assertTrue 'a' "said '^rcpt 1 0 K 2.0.0'"
  assertTrue 'no' "said '^rcpt 1 1 D 5.1.1 .* answered RCPT: 550 5.1.1 not here at all$'"
  assertTrue 'later' "said '^rcpt 1 2 Z 4.2.1'"
  assertTrue 'b' "said '^rcpt 1 3 K'"
  assertTrue 'many' "said '^rcpt 1 4 Z 4.0.0'"
  assertTrue 'full' "said '^rcpt 1 5 D 5.2.2'"
  assertTrue 'fwd' "said '^rcpt 1 6 K'"
  assertEquals 'many asked again, alone' 'RCPT TO:<many@x.test>' "$(sed -n '/MAIL FROM/h; /MAIL FROM/!H; ${x;p}' "$S/log" | sed -n 's/^1> RCPT/RCPT/p')"
  assertEquals 'transactions' 2 "$(count 'MAIL FROM')"
}
test_mixed_answers_by_position() { mixed; }
test_mixed_answers_without_pipelining() { mixed 'ehlo=250 sink'; }

test_no_pipelining_sends_nothing_in_vain() {
  sink 127.0.0.1 'ehlo=250 sink' 'rcpt=550 no'
  one a@x.test b@x.test
  assertEquals 'no DATA' 0 "$(count DATA)"
  sink 127.0.0.1 'ehlo=250 sink' 'mail=550 5.7.1 not you'
  one a@x.test b@x.test
  assertEquals 'no RCPT' 0 "$(count RCPT)"
  assertTrue 'MAIL refused' "said '^rcpt 1 1 D 5.7.1 .* answered MAIL: 550 5.7.1 not you$'"
  assertEquals 'no parameters' 1 "$(count 'MAIL FROM:<from@a.test>$')"
}

test_nobody_accepted_but_354() {
  sink 127.0.0.1 'rcpt=550 no'
  { echo "job 1 $SCRATCH/m from@a.test b@x.test"; echo wait 1; echo "job 2 $SCRATCH/m from@a.test b@x.test"; echo wait 2; } | remote
  assertTrue 'refused' "said '^rcpt 2 0 D 5.0.0'"
  assertEquals 'only a dot' '.' "$(tr -d '\r' < "$S/msg.1")"
  assertEquals 'connections' 1 "$(count '^connect')"
}

test_mail_refused_in_a_pipeline() {
  sink 127.0.0.1 'mail=550 5.7.1 not you' 'mail=250 ok' 'rcpt=503 what' 'rcpt=503 what' 'rcpt=250 ok' 'data=503 no' 'data=354 go'
  { echo "job 1 $SCRATCH/m from@a.test a@x.test b@x.test"; echo wait 1; echo "job 2 $SCRATCH/m from@a.test b@x.test"; echo wait 2; } | remote
  assertTrue 'MAIL decides' "said '^rcpt 1 0 D 5.7.1'"
  assertTrue 'for all' "said '^rcpt 1 1 D 5.7.1'"
  assertTrue 'still in step' "said '^rcpt 2 0 K'"
  assertEquals 'connections' 1 "$(count '^connect')"
}

test_hundred_recipients() {
  sink 127.0.0.1
  one $(seq -f 'user%.0f@x.test' 100)
  assertEquals 'all' 100 "$(grep -c '^rcpt 1 [0-9]* K' "$SCRATCH/out")"
  assertEquals 'messages' 1 "$(count ' message ')"
}

test_helo_where_ehlo_is_unknown() {
  sink 127.0.0.1 'ehlo=502 what'
  one b@x.test
  assertTrue 'delivered' "said '^rcpt 1 0 K'"
  assertTrue 'HELO' "saw '^1> HELO me.test$'"
  sink 127.0.0.1 'ehlo=502 what' 'helo=550 5.7.0 go away'
  one b@x.test
  assertTrue 'refused' "said '^rcpt 1 0 D 5.7.0'"
}

test_offers_that_are_not_used() {
  sink 127.0.0.1 'ehlo=250-sink|250-SIZE 1|250-PIPELINING|250-CHUNKING|250 LIMITS RCPTMAX=1'
  echo 'x.test:size,CHUNKING,LIMITS' > "$home/control/ehloignore"
  one a@x.test b@x.test
  assertEquals 'by domain' 'EHLO MAIL RCPT RCPT DATA' "$(sed -n 's/^[0-9]*> \([A-Z]*\).*/\1/p' "$S/log" | grep -v QUIT | xargs)"
  printf '%s\n' ':SIZE' '127.0.0.1:SIZE,LIMITS' > "$home/control/ehloignore"
  one a@x.test b@x.test
  assertEquals 'by host' 'EHLO MAIL RCPT RCPT BDAT' "$(sed -n 's/^[0-9]*> \([A-Z]*\).*/\1/p' "$S/log" | grep -v QUIT | tail -n 5 | xargs)"
  echo 'x.test:SIZES' > "$home/control/ehloignore"
  echo exit | remote
  assertTrue 'a word that is none' "said 'error: control/ehloignore must be .*; this is not: x.test:SIZES$'"
  assertTrue 'mail waits' "said '^exit 111$'"
  rm "$home/control/ehloignore"
}

test_eight_bit() {
  printf 'Subject: \303\244\n\n' > "$SCRATCH/m8"
  sink 127.0.0.1
  { echo "job 1 $SCRATCH/m8 from@a.test b@x.test"; echo wait 1; } | remote
  assertTrue 'BODY' "saw 'MAIL FROM:<from@a.test> SIZE=15 BODY=8BITMIME$'"
  sink 127.0.0.1 'ehlo=250 sink'
  { echo "job 1 $SCRATCH/m8 from@a.test b@x.test"; echo wait 1; } | remote
  assertTrue 'as it is where 8BITMIME is not offered' "said '^rcpt 1 0 K'"
}

with() { # PARAMETERS RCPT...
  w=$1
  shift
  { echo "with $w"; echo "job 1 ${message:-$SCRATCH/m} ${sender:-from@a.test} $*"; echo wait 1; echo nojobs; echo exit; } | remote
}

test_what_the_sender_asked_about_reports_is_passed_on() {
  sink 127.0.0.1 'ehlo=250-sink|250 DSN'
  with 'ret=HDRS envid=QQ+2B1 notify=SUCCESS,DELAY notify.1=NEVER notify.2= orcpt=rfc822;c@d.test orcpt.2=' a@x.test b@x.test c@x.test
  assertTrue 'MAIL' "saw '> MAIL FROM:<from@a.test> RET=HDRS ENVID=QQ+2B1$'"
  assertTrue 'RCPT' "saw '> RCPT TO:<a@x.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;c@d.test$'"
  assertTrue 'NEVER' "saw '> RCPT TO:<b@x.test> NOTIFY=NEVER ORCPT=rfc822;c@d.test$'"
  assertTrue 'nothing' "saw '> RCPT TO:<c@x.test>$'"
  assertEquals 'the host does the rest' 0 "$(grep -c unasked "$SCRATCH/out")"
  sink 127.0.0.1 'rcpt:no@x.test=550 no'
  with 'ret=HDRS envid=QQ notify=SUCCESS' a@x.test no@x.test
  assertEquals 'not offered' 0 "$(grep -c 'RET\|NOTIFY\|ENVID' "$S/log")"
  assertTrue 'the host was not asked' "said '^rcpt 1 0 K .*(unasked)$'"
  assertFalse 'only of who was delivered to' "grep -q '^rcpt 1 1 D .*(unasked)$' '$SCRATCH/out'"
}

test_parameters_that_are_none_are_left_out() {
  sink 127.0.0.1 'ehlo=250-sink|250 DSN'
  with 'ret=ALL envid=a\x20b\x0d\x0aQUIT notify=SUCCESS,NEVER orcpt=x@y' a@x.test
  with 'ret=full envid=a\x3db notify=SUCCESS, orcpt=rfc822;\xc3\xa4@y' a@x.test
  with "envid=$(head -c 101 /dev/zero | tr '\0' a) notify=x orcpt=rfc822;\x01" a@x.test
  with 'envid=a+0g notify=DELAY,DELAY' a@x.test
  assertEquals 'MAIL' 4 "$(count '> MAIL FROM:<from@a.test>$')"
  assertEquals 'RCPT' 4 "$(count '> RCPT TO:<a@x.test>$')"
}

test_addresses_beyond_ascii() {
  sink 127.0.0.1 'ehlo=250-sink|250-8BITMIME|250-DSN|250 SMTPUTF8'
  with 'orcpt=utf-8;\xc3\xa4@y.test' 'j\xc3\xb6@x.test'
  assertTrue 'said so' "saw '> MAIL FROM:<from@a.test> SMTPUTF8$'"
  assertTrue 'as it is' "saw '> RCPT TO:<jÃ¶@x.test> ORCPT=utf-8;Ã¤@y.test$'"       # the log is one byte, one character
  assertTrue 'delivered' "said '^rcpt 1 0 K'"
  sink 127.0.0.1 'ehlo=250-sink|250 DSN'
  with 'orcpt=utf-8;\xc3\xa4\xf0\x9f\x98\x80@y.test' 'j\xc3\xb6@x.test' b@x.test
  assertTrue 'not to this host' "said '^rcpt 1 0 D 5.6.7 the address is not ASCII, and .* does not offer SMTPUTF8$'"
  assertTrue 'but the other one' "said '^rcpt 1 1 K'"
  assertTrue 'the original recipient in ASCII' "saw '> RCPT TO:<b@x.test> ORCPT=utf-8;\\\\x{E4}\\\\x{1F600}@y.test$'"
  sender='j\xc3\xb6@a.test' with utf8=1 b@x.test c@x.test
  assertTrue 'sender' "said '^rcpt 1 1 D 5.6.7 the sender'"
  sender='joe@j\xc3\xb6.test' with utf8=1 b@x.test
  assertTrue 'the domain alone needs nothing' "saw '> MAIL FROM:<joe@xn--j-1ga.test>$'"
}

test_a_header_beyond_ascii() {
  printf 'Subject: \303\244\n\n' > "$SCRATCH/head8"
  printf 'Subject: a\n\n\303\244\n' > "$SCRATCH/body8"
  sink 127.0.0.1 'ehlo=250-sink|250-8BITMIME|250 SMTPUTF8'
  message=$SCRATCH/head8 with utf8=1 b@x.test
  assertTrue 'SMTPUTF8' "saw 'BODY=8BITMIME SMTPUTF8$'"
  message=$SCRATCH/body8 with utf8=1 b@x.test
  assertTrue 'not needed' "saw 'BODY=8BITMIME$'"
  with utf8=1 b@x.test
  assertTrue 'nothing needed' "saw 'MAIL FROM:<from@a.test>$'"
  sink 127.0.0.1
  message=$SCRATCH/head8 with utf8=1 b@x.test
  assertTrue 'not to this host' "said '^rcpt 1 0 D 5.6.9 the header is not ASCII'"
  message=$SCRATCH/head8 with utf8= b@x.test
  assertTrue 'nobody said that it is UTF-8' "said '^rcpt 1 0 K'"
  message=$SCRATCH/body8 with utf8=1 b@x.test
  assertTrue 'the body is 8-bit text' "said '^rcpt 1 0 K'"
}

test_hosts_that_have_enough_recipients() {
  sink 127.0.0.1 'rcpt=250 ok' 'rcpt=250 ok' 'rcpt=452 4.5.3 enough' 'rcpt=452 enough' 'rcpt=250 ok'
  one a@x.test b@x.test c@x.test d@x.test
  assertEquals 'all' 4 "$(grep -c '^rcpt 1 . K' "$SCRATCH/out")"
  assertEquals 'in two transactions' '4 2' "$(count 'RCPT TO:<[ab]@\|RCPT TO:<[cd]@' | sed 's/6/4 2/')"
  assertEquals 'messages' 2 "$(count ' message ')"
  assertEquals 'connections' 1 "$(count '^connect')"
  sink 127.0.0.1 'rcpt=452 4.5.3 enough'
  one a@x.test b@x.test
  assertEquals 'not for ever' 2 "$(count 'RCPT')"
  assertTrue 'later' "said '^rcpt 1 1 Z 4.5.3'"
  sink 127.0.0.1 'rcpt:full@x.test=452 4.2.2 full'
  one a@x.test full@x.test
  assertEquals 'a mailbox that is full is another thing' 1 "$(count 'RCPT TO:<full')"
  sink 127.0.0.1 'rcpt=250 ok' 'rcpt=452 4.5.3 enough' 'dot=451 4.3.0 no'
  one a@x.test b@x.test c@x.test
  assertEquals 'after a message put off there is no other' 1 "$(count 'MAIL')"
  assertTrue 'later' "said '^rcpt 1 2 Z 4.3.0'"
}

test_limits_of_transactions() {
  sink 127.0.0.1 'ehlo=250-sink|250-PIPELINING|250 LIMITS RCPTMAX=2 FOO=9 MAILMAX=2'
  one a@x.test b@x.test c@x.test d@x.test e@x.test
  assertEquals 'all' 5 "$(grep -c '^rcpt 1 . K' "$SCRATCH/out")"
  assertEquals 'messages' 3 "$(count ' message ')"
  assertEquals 'connections' 2 "$(count '^connect')"
  sink 127.0.0.1 'ehlo=250-sink|250 LIMITS RCPTMAX=0 MAILMAX=99999999999999999999999'
  one a@x.test b@x.test c@x.test
  assertEquals 'none of that' 1 "$(count ' message ')"
  echo 'x.test:2' > "$home/control/remoterecipients"
  one a@x.test b@x.test c@x.test
  assertEquals 'ours' 3 "$(count ' message ')"
  rm "$home/control/remoterecipients"
  sink 127.0.0.1 'ehlo=250-sink|250 LIMITS RCPTMAX=1 MAILMAX=1' 'rcpt=450 4.2.1 no'
  one a@x.test b@x.test
  assertEquals 'each is asked, once' 2 "$(count '^connect')"
  assertTrue 'later' "said '^rcpt 1 1 Z 4.2.1'"
  sink 127.0.0.1 'ehlo=250-sink|250 LIMITS RCPTMAX=1 MAILMAX=1' 'rcpt:full@x.test=452 4.2.2 full'
  one full@x.test b@x.test c@x.test
  assertEquals 'one that is put off holds up no other' 'Z K K' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  echo 'x.test:1' > "$home/control/remoterecipients"
  sink 127.0.0.1 'rcpt:full@x.test=452 4.2.2 full' 'rset=then-close:421 bye'
  one full@x.test b@x.test c@x.test
  rm "$home/control/remoterecipients"
  assertEquals 'nor where each ends the session' 'Z K K' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
}

# The good ones of a message are never held up by others, over whom the host ends the session.
good_and_bad() { # KEY=ACTION...
  sink 127.0.0.1 "$@" 'rcpt:full1@x.test=452 4.2.2 full' 'rcpt:full2@x.test=452 4.2.2 full'
  one full1@x.test full2@x.test bad@x.test a@x.test b@x.test
  assertEquals "$1 $2" 'Z Z Z K K' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  one a@x.test full1@x.test bad@x.test full2@x.test b@x.test
  assertEquals "$1 $2: a good one first" 'K Z Z Z K' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
}
test_good_recipients_are_not_starved() {
  for ehlo in '250-sink|250 PIPELINING' '250 sink' '250-sink|250-PIPELINING|250 CHUNKING'; do
    good_and_bad 'rcpt:bad@x.test=then-close:421 4.7.0 too many errors' "ehlo=$ehlo"
  done
  good_and_bad 'rcpt:bad@x.test=close'
  good_and_bad 'rcpt:bad@x.test=close' 'ehlo=250 sink'
  impatient good_and_bad 'rcpt:bad@x.test=hang'
  sink 127.0.0.1 'rcpt=then-close:421 4.3.2 busy'
  one a@x.test b@x.test c@x.test d@x.test e@x.test f@x.test g@x.test
  assertTrue 'but a host that is busy is left alone soon' "[ $(count '^connect') -le 3 ]"
}

# more in a row than a job has sessions for: the good one behind them has its turn within some tries
test_a_row_of_silence_starves_nobody() {
  sink 127.0.0.1 'rcpt:1@x.test=hang' 'rcpt:2@x.test=hang' 'rcpt:3@x.test=hang' 'rcpt:4@x.test=hang'
  tries=0
  echo 1 > "$home/control/timeoutremote"
  until one 1@x.test 2@x.test 3@x.test 4@x.test a@x.test b@x.test c@x.test && said '^rcpt 1 6 K' > /dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 12 ] || break
  done
  assertTrue "after $tries tries in vain: $(cat "$SCRATCH/out")" "[ $tries -lt 12 ]"
  assertTrue 'the silent ones wait' "said '^rcpt 1 0 Z'"
  echo 30 > "$home/control/timeoutremote"
}

test_too_large_is_known_beforehand() {
  sink 127.0.0.1 'ehlo=250-sink|250 size 20'
  one b@x.test
  assertTrue 'refused' "said '^rcpt 1 0 D 5.3.4 the message has .* takes at most 20$'"
  assertEquals 'no MAIL' 0 "$(count MAIL)"
}

# those that never answer, or not to the end, are waited for no longer than this
impatient() {
  echo 2 > "$home/control/timeoutremote"
  "$@"
  echo 30 > "$home/control/timeoutremote"
}

# KEY=ACTION RESULT: what becomes of one recipient
outcome() {
  printf "%s\n" "$1" > "$SCRATCH/script"
  [ -n "$scripted" ] || { sink 127.0.0.1 "@$SCRATCH/script"; scripted=$port; }
  echo "x.test:127.0.0.1:$scripted" > "$home/control/smtproutes"
  one b@x.test
  assertTrue "$1" "said '^rcpt 1 0 $2'"
  assertTrue "$1: exit" "said '^exit 0$'"
}

test_answers() {
  outcome 'greeting=554 5.7.1 no' 'D 5.7.1 .* answered the connection: 554'
  outcome 'greeting=521 no mail here' 'D 5.3.2'
  outcome 'greeting=421 4.3.2 busy' 'Z 4.3.2'
  outcome 'greeting=250 what' 'Z 4.5.0'
  outcome 'greeting=hello' 'Z 4.5.0 .* gave no sound reply to the connection: hello$'
  outcome 'mail=raw:\x01\xe4b\r\n' 'Z 4.5.0 .* gave no sound reply to MAIL: ??b$'
  outcome 'greeting=close' 'Z 4.4.2'
  outcome 'ehlo=close' 'Z 4.4.2'
  outcome 'ehlo=421 bye' 'Z 4.0.0'
  outcome 'ehlo=354 what' 'Z 4.5.0'
  outcome 'mail=451 4.3.0 no' 'Z 4.3.0'
  outcome 'mail=354 what' 'Z 4.5.0 .* gave an answer out of place to MAIL: 354 what$'
  outcome 'mail=421 bye' 'Z 4.0.0'
  outcome 'mail=999 what' 'Z 4.5.0'
  outcome 'rcpt=421 4.7.0 bye' 'Z 4.7.0 .* answered RCPT: 421'
  outcome 'rcpt=354 what' 'Z 4'
  outcome 'rcpt=556 5.1.10 null MX' 'D 5.1.10'
  outcome 'rcpt=close' 'Z 4.4.2'
  outcome 'data=451 no' 'Z 4.0.0 .* answered DATA'
  outcome 'data=554 no' 'D 5.0.0 .* answered DATA'
  outcome 'data=250 what' 'Z 4'
  outcome 'data=close' 'Z 4.4.2'
  outcome 'dot=451 4.7.1 greylisted' 'Z 4.7.1'
  outcome 'dot=554 5.7.1 spam' 'D 5.7.1'
  outcome 'dot=354 again' 'Z 4'
  outcome 'dot=close' 'Z 4.4.2 .*will be a duplicate$'
  impatient outcome 'dot=raw:25' 'Z 4.*' # then silence
  outcome 'dot=then-close:250 2.0.0 ok' 'K 2.0.0'
}

test_hostile_replies_are_bounded() {
  outcome 'greeting=flood' 'Z 4.5.0'
  outcome 'ehlo=flood' 'Z 4.5.0'
  impatient outcome 'rcpt=drip' 'Z 4.4.2 .* gave no reply in time to RCPT'
  outcome "rcpt=550 $(head -c 1900 /dev/zero | tr '\0' x)" 'D 5.0.0 .*xxx'
  assertTrue 'cut' "[ $(grep '^rcpt' "$SCRATCH/out" | wc -c) -le 515 ]"
  outcome "rcpt=550 $(head -c 3000 /dev/zero | tr '\0' x)" 'D 5.0.0 .*xxx'
  outcome "rcpt=raw:550-5.7.1 no\r\n$(head -c 600000 /dev/zero | tr '\0' x)" 'D 5.7.1 .* answered RCPT: 550 5.7.1 no'
  outcome 'rcpt=raw:550 a\x00b\r\n' 'Z 4.5.0'
  outcome 'mail=raw:250 ok\n' 'K' # a bare LF is borne with
  outcome 'mail=raw:250 ok\r\r\n' 'K'
  outcome 'mail=raw:250 ok\r\n\r\n' 'K'
  outcome 'greeting=raw:\r\n220 hi\r\n\r\n' 'K'
}

test_slow_and_silent_servers() {
  impatient outcome 'greeting=hang' 'Z 4.4.2 .* gave no reply in time to the connection'
  outcome 'dot=sleep:0.5:250 ok' 'K'
  impatient outcome 'dot=hang' 'Z 4.4.2 .*duplicate$'
}

# DATA's action, RESULT: what a host says before it has all of a message that does not fit into buffers
last_words() {
  [ -f "$SCRATCH/big" ] || { cat "$SCRATCH/m"; head -c 20000000 /dev/zero | tr '\0' x | fold -w 70; } > "$SCRATCH/big"
  sink 127.0.0.1 "data=$1" 'data=354 go'
  { echo "job 1 $SCRATCH/big from@a.test a@x.test b@x.test"; echo wait 1; echo nojobs; echo exit; } | remote
  for i in 0 1; do assertTrue "$1" "said '^rcpt 1 $i $2'"; done
  assertFalse "$1: it cannot have been taken" "grep -q duplicate '$SCRATCH/out'"
}
test_last_words_are_heard() {
  last_words 'early:1000:554 5.7.1 no such things' 'D 5.7.1 .* answered the message: 554 5.7.1 no such things$'
  last_words 'early:1000:then-hang:554 5.7.1 no such things' 'D 5.7.1 .* answered the message: 554'
  last_words 'early:1000:452 4.3.1 full' 'Z 4.3.1 .* answered the message: 452 4.3.1 full$'
  last_words 'early:1000:250 2.0.0 taken' 'Z 4.5.0 .* out of place to the message: 250 2.0.0 taken$'
  last_words 'early:1000:close' 'Z 4.4.2 .* \(lost\|closed\) the connection'
  impatient last_words 'early:1000:hang' 'Z 4.4.2 .* took no more bytes in time$'
  sink 127.0.0.1 'ehlo=250-sink|250-PIPELINING|250 CHUNKING' 'mail=then-close:550 5.7.1 not you'
  one a@x.test
  assertTrue 'of a flight' "said '^rcpt 1 0 D 5.7.1 .* answered MAIL: 550 5.7.1 not you$'"
  outcome 'ehlo=then-close:550 5.7.1 not you' 'D 5.7.1 .* answered EHLO: 550 5.7.1 not you$'
  outcome 'ehlo=then-close:502 5.5.1 what' 'Z 4.5.1 .* answered EHLO: 502 5.5.1 what$'
}

test_nobody_listens() {
  sink 127.0.0.1
  echo "x.test:127.0.0.1:1" > "$home/control/smtproutes"
  { echo "job 1 $SCRATCH/m from@a.test b@x.test"; echo wait 1; echo "job 2 $SCRATCH/m from@a.test b@x.test"; echo wait 2; } | remote
  assertTrue 'host down' "said '^report 1 5 '"
  assertTrue 'temporary' "said '^rcpt 1 0 Z 4.4.1 .* cannot be connected to'"
  assertTrue 'remembered' "said '^rcpt 2 0 Z 4.4.1 127.0.0.1 did not answer a moment ago'"
  assertTrue 'still down' "said '^report 2 1 '"
}

test_a_session_that_the_host_has_closed_is_nobody_s_fault() {
  sink 127.0.0.1 'dot=then-close:250 ok'
  { echo "job 1 $SCRATCH/m from@a.test b@x.test"; echo wait 1; echo sleep 0.2; echo "job 2 $SCRATCH/m from@a.test b@x.test"; echo wait 2; } | remote
  assertTrue 'second' "said '^rcpt 2 0 K'"
  assertEquals 'connections' 2 "$(count '^connect')"
  sink 127.0.0.1 'mail=250 ok' 'mail=then-close:421 idle' 'mail=250 ok'
  { echo "job 1 $SCRATCH/m from@a.test b@x.test"; echo wait 1; echo "job 2 $SCRATCH/m from@a.test b@x.test"; echo wait 2; } | remote
  assertTrue '421 to MAIL' "said '^rcpt 2 0 K'"
  assertEquals 'connections' 2 "$(count '^connect')"
  sink 127.0.0.1 'mail=250 ok' 'mail=close'
  { echo "job 1 $SCRATCH/m from@a.test b@x.test"; echo wait 1; echo "job 2 $SCRATCH/m from@a.test b@x.test"; echo wait 2; } | remote
  assertTrue 'but only once' "said '^rcpt 2 0 Z 4.4.2'"
  assertEquals 'connections' 2 "$(count '^connect')"
}

test_odd_addresses() {
  sink 127.0.0.1
  one 'a\x0d\x0aQUIT@x.test' 'a\x20b@x.test' 'a>b@x.test' '\xe4@x.test' 'joe'
  assertTrue 'line end' "said '^rcpt 1 0 D 5.1.3'"
  assertTrue 'blank' "saw '^1> RCPT TO:<\"a b\"@x.test>$'"
  assertTrue 'bracket' "saw '^1> RCPT TO:<\"a>b\"@x.test>$'"
  assertTrue 'not ASCII' "said '^rcpt 1 3 D 5.6.7'"
  assertTrue 'envnoathost' "saw '^1> RCPT TO:<joe@me.test>$'"
  { echo "job 1 $SCRATCH/m a\\x0a@x b@x.test"; echo wait 1; } | remote
  assertTrue 'sender' "said '^rcpt 1 0 D 5.1.7'"
}

test_percenthack() {
  sink 127.0.0.1
  echo gate.test > "$home/control/percenthack"
  one 'joe%x.test@gate.test' 'joe%y@x.test'
  rm "$home/control/percenthack"
  assertTrue 'rewritten' "saw '^1> RCPT TO:<joe@x.test>$'"
  assertTrue 'not rewritten' "saw '^1> RCPT TO:<joe%y@x.test>$'"
}

test_a_sender_that_names_the_recipient() {
  sink 127.0.0.1 'dot=250 ok' 'dot=then-close:250 ok' 'rcpt:no@x.test=550 no' 'dot=250 ok'
  { echo "job 1 $SCRATCH/m list-@h.test-@[] a@x.test b@x.test no@x.test c@x.test"; echo wait 1; } | remote
  assertEquals 'results' 'K K D K' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  assertEquals 'senders' '<list-a=x.test@h.test> <list-b=x.test@h.test> <list-no=x.test@h.test> <list-c=x.test@h.test>' \
    "$(sed -n 's/.*MAIL FROM:\(<.*>\).*/\1/p' "$S/log" | uniq | xargs)"
  assertEquals 'the closed session is no trouble' 2 "$(count '^connect')"
}

test_unclean_message_is_not_sent() {
  sink 127.0.0.1
  printf 'a\rb\n' > "$SCRATCH/cr"
  printf 'a\0b\n' > "$SCRATCH/nul"
  { echo "job 1 $SCRATCH/cr from@a.test b@x.test"; echo wait 1; echo "job 2 $SCRATCH/nul from@a.test b@x.test"; echo wait 2; } | remote
  assertTrue 'CR' "said '^rcpt 1 0 Z 4.3.0'"
  assertTrue 'NUL' "said '^rcpt 2 0 Z 4.3.0'"
  assertEquals 'no connection' 0 "$(count connect)"
}

# ROUTE DOMAIN RESULT
route() {
  echo "$1" | tr ' ' '\n' > "$home/control/smtproutes"
  { echo "job 1 $SCRATCH/m from@a.test b@$2"; echo wait 1; } | remote "$2"
  assertTrue "$1 $2" "said '^rcpt 1 0 $3'"
}

test_routes() {
  sink 127.0.0.1
  echo 'relay.test A 127.0.0.1' > "$SCRATCH/zone"
  route "x.test:127.0.0.1:$port" x.test K
  route "x.test:relay.test:$port" x.test K
  route ".test:[127.0.0.1]:$port" y.x.test K
  route ":127.0.0.1:$port" z.example K
  route ":127.0.0.1:$port x.test:" x.test 'D 5.1.2' # an empty relay is an exception: MX again
  route "x.test:relay.test:70000" x.test 'Z 4.3.5'
  route "x.test:[127.0.0.1" x.test 'Z 4.3.5'
  route "x.test:0.0.0.0:$port" x.test 'Z 4.3.5'
  route "x.test:[::]:$port" x.test 'Z 4.3.5'
  route "x.test:[::ffff:0.0.0.0]:$port" x.test 'Z 4.3.5'
  route "x.test:gone.test" x.test 'Z 4.4.4'
  assertEquals 'messages' 4 "$(count ' message ')"
}

# A line that is wrong is no route, and no other way is taken in its place: mail for its domain waits, other mail goes.
test_wrong_lines_hold_up_the_mail_of_their_domain() {
  sink 127.0.0.1
  for map in smtproutes qmtproutes transports; do
    for line in 'x.test relay.test' 'x.test' 'x.test.:relay.test' '*.test:relay.test' '@x.test:relay.test' 'x.test\t:relay test' \
      'x.test=relay.test' 'X.TEST relay.test:25' 'joe@x.test:relay.test' ' x.test, y.test:relay.test' 'x.test\302\240relay.test'; do
      printf ":127.0.0.1:$port\n" > "$home/control/smtproutes"
      printf "$line\n" >> "$home/control/$map"
      { echo "job 1 $SCRATCH/m from@a.test b@x.test"; echo wait 1; } | remote
      assertTrue "$map $line" "said '^rcpt 1 0 Z 4.3.5 x.test has '"
      assertTrue "$map $line: the log" "said 'error: control/$map must be '"
      assertTrue "$map $line: no other way" "[ ! -s $S/log ]"
      rm "$home/control/$map"
    done
  done
  printf ":127.0.0.1:$port\nx.test relay.test\n" > "$home/control/smtproutes"
  { echo "job 1 $SCRATCH/m from@a.test b@y.test"; echo wait 1; } | remote y.test
  assertTrue 'other mail goes' "said '^rcpt 1 0 K'"
  printf "x.test:127.0.0.1:$port\nx.test relay.test\n" > "$home/control/smtproutes"
  one b@x.test
  assertTrue 'of two lines the first counts' "said '^rcpt 1 0 K'"
}

test_ipv6() {
  sink ::1
  route "x.test:[::1]:$port" x.test 'K 2.0.0 ::1\[::1\]'
  route "x.test:[IPv6:::1]:$port" x.test 'K 2.0.0 ::1\[::1\]'
}

# What the site says of a route is in the log, but not in bounces.
discreet() { # NAME SENDER-TEXT: of the job done last
  assertTrue "$1: told" "said '^told 1 0 $2'"
  assertFalse "$1: nothing of the route" "grep '^told' '$SCRATCH/out' | grep -e '127\.\|control/\|relay\|$SCRATCH\|:[0-9][0-9]*[ ;]'"
}
test_bounces_do_not_name_the_routes_of_the_site() {
  sink 127.0.0.1 'rcpt:no@x.test=550 5.1.1 no' 'rcpt:later@x.test=450 4.2.1 busy'
  one no@x.test later@x.test b@x.test
  assertTrue 'the log has it' "said '^report 1 4 127.0.0.1\[127.0.0.1\]:$port$'"
  discreet 'smtproutes' '5.1.1 the next host answered RCPT: 550 5.1.1 no$'
  assertTrue 'and so the others' "said '^told 1 2 2.0.0 the next host answered the message: 250 2.0.0 taken$'"
  sink 127.0.0.1 'greeting=554 5.7.1 no'
  one b@x.test
  discreet 'greeting' '5.7.1 the next host answered the connection: 554 5.7.1 no$'
  sink 127.0.0.1 'mail=what'
  one b@x.test
  discreet 'no reply' '4.5.0 the next host gave no sound reply to MAIL: what$'
  sink 127.0.0.1 'ehlo=250-sink|250 SIZE 1'
  one b@x.test
  discreet 'size' '5.3.4 the message has [0-9]* bytes; the next host takes at most 1$'
  { echo 'relay.test A 127.0.0.1'; echo 'relay.test A 127.0.0.2'; } > "$zone"
  route 'x.test:relay.test:1' x.test 'Z 4.4.1 relay.test.*; relay.test'
  discreet 'nobody there' '4.4.1 the next host cannot be connected to: Connection refused$'
  route 'x.test:relay.test:70000' x.test 'Z 4.3.5'
  discreet 'not of the form' '4.3.5 x.test has no way to it now$'
  route 'x.test:relay9.test' x.test 'Z 4.4.4'
  discreet 'not found' '4.4.4 the next host cannot be looked up$'
  sink 127.0.0.1
  echo 192.0.2.77 > "$home/control/outgoingip"
  one b@x.test
  rm "$home/control/outgoingip"
  discreet 'outgoingip' '4.4.1 the next host cannot be connected to'
}

test_what_the_dns_says() {
  sink 127.0.0.1
  cat > "$SCRATCH/zone" <<'Z'
fail.test CODE 2
null.test MX 0 .
null2.test MX 0 .
null2.test MX 5 nowhere.test
nothing.test AAAA ::1
empty.test TXT
loop.test MX 10 here.test
here.test A 127.0.0.1
zero.test A 0.0.0.0
self.test MX 5 me.test
nohost.test MX 5 gone.test
laterhost.test MX 5 fail.test
better.test MX 5 fail.test
better.test MX 10 here.test
mapped.test AAAA ::ffff:127.0.0.1
mapped0.test AAAA ::ffff:0.0.0.0
any6.test AAAA ::
any.test A 0.1.2.3
loopback.test A 127.9.8.7
alias.test CNAME loop.test
aliasnull.test CNAME null.test
aliashere.test CNAME here.test
aliasgone.test CNAME gone.test
lone.test LONE-CNAME alias.test
circle1.test LONE-CNAME circle2.test
circle2.test LONE-CNAME circle1.test
mxalias.test MX 10 aliashere.test
mxcircle.test MX 10 circle1.test
ME.mx.test MX 10 ME.TEST
slowmx.test CODE 2 MX
slowmx.test A 192.0.2.1
Z
  route '' gone.test 'D 5.1.2'
  route '' fail.test 'Z 4.4.3'
  assertTrue 'the log has who was asked' "said '^rcpt 1 0 Z 4.4.3 fail.test .*: no answer for its MX records (asked 127.0.0.1 port [0-9]*)$'"
  assertTrue 'and a bounce has not' "said '^told 1 0 4.4.3 fail.test .*: no answer for its MX records$'"
  route '' null.test 'D 5.1.10'
  route '' null2.test 'D 5.4.4'
  route '' nothing.test 'D 5.4.6'
  route '' empty.test 'D 5.1.2'
  route '' loop.test 'D 5.4.6'
  route '' zero.test 'D 5.4.6'
  route '' mapped.test 'D 5.4.6'
  for name in mapped0 any6 any loopback; do route '' $name.test 'D 5.4.6 .* leads to this host'; done
  route '' self.test 'D 5.4.6'
  route '' me.mx.test 'D 5.4.6'
  route '' alias.test 'D 5.4.6 alias.test has this host as its best MX'
  route '' lone.test 'D 5.4.6'
  route '' aliasnull.test 'D 5.1.10'
  route '' aliashere.test 'D 5.4.6 aliashere.test leads to this host'
  route '' aliasgone.test 'D 5.1.2'
  route '' circle1.test 'Z 4.4.3'
  route '' mxalias.test 'D 5.4.6'
  route '' mxcircle.test 'Z 4.4.3'
  route '' slowmx.test 'Z 4.4.3'        # no MX that could be found out is not "no MX"
  route '' nohost.test 'D 5.4.4'
  route '' laterhost.test 'Z 4.4.3'
  route '' better.test 'Z 4.4.3'
  route '' '[127.0.0.1]' 'D 5.4.6'
  route '' '[IPv6:::1]' 'D 5.4.6'
  for literal in 0.0.0.0 0.0.0.1 127.255.255.254 IPv6::: IPv6:::ffff:127.0.0.1 IPv6:::ffff:0.0.0.0; do
    route '' "[$literal]" 'D 5.4.6'
  done
  route '' '[::1]' 'D 5.1.2'
  route '' '[1.2.3.400]' 'D 5.1.2'
  assertEquals 'no connection' 0 "$(count connect)"
}

test_mx_hosts() {
  two_sides 1 2 3 4 || return 0
  cat > "$SCRATCH/zone2" <<'Z'
m1.test A 192.0.2.1
m2.test A 192.0.2.2
m34.test A 192.0.2.3
m34.test A 192.0.2.4
us.test A 192.0.2.101
two.test MX 10 m1.test
two.test MX 20 m2.test
turned.test MX 20 m1.test
turned.test MX 10 m2.test
dead.test MX 10 m34.test
dead.test MX 20 m1.test
alldead.test MX 10 m34.test
backup.test MX 10 m1.test
backup.test MX 20 us.test
backup.test MX 30 m2.test
best.test MX 20 m1.test
best.test MX 10 us.test
equal.test MX 10 m1.test
equal.test MX 10 us.test
mapped.test MX 10 mappedus.test
mappedus.test AAAA ::ffff:192.0.2.101
skip.test MX 10 nowhere.test
skip.test MX 20 m1.test
broken.test CODE 2
half.test MX 10 broken.test
half.test MX 20 m1.test
Z
  far_dns "$SCRATCH/zone2"
  rm -f "$home/control/smtproutes"
  mx_cases
  near_dns
}

host() { # NUMBER KEY=ACTION...
  i=$1
  shift
  mkdir "$SCRATCH/$case.$i"
  ip netns exec $far python3 -S "$stub/smtpsink.py" "$SCRATCH/$case.$i" 192.0.2.$i:25 "$@" &
  hosts="$hosts $!"
  wait_for 60 test -f "$SCRATCH/$case.$i/port"
}
case_is() { case=$1 hosts=; on_exit 'kill $hosts 2>/dev/null'; }
case_ends() { kill $hosts; wait $hosts 2>/dev/null; hosts=; }
calls() { grep -c '^connect' "$SCRATCH/$case.$1/log" 2>/dev/null; }

mx_cases() {
  case_is first
  host 1; host 2
  mx two.test a
  assertTrue 'the best one' "said '^report 1 4 m1.test\[192.0.2.1\]:25$'"
  mx turned.test a
  assertTrue 'the best one, turned' "said '^report 1 4 m2.test\[192.0.2.2\]:25$'"
  mx skip.test a
  assertTrue 'a host without address is skipped' "said '^rcpt 1 0 K .*m1.test'"
  mx backup.test a
  assertTrue 'we are the backup: the best one' "said '^rcpt 1 0 K .*m1.test'"
  mx best.test a
  assertTrue 'we are the best' "said '^rcpt 1 0 D 5.4.6'"
  mx equal.test a
  assertTrue 'we are one of the best' "said '^rcpt 1 0 D 5.4.6'"
  mx mapped.test a
  assertTrue 'our address, mapped to IPv6' "said '^rcpt 1 0 D 5.4.6'"
  mx '[IPv6:::ffff:192.0.2.100]' a
  assertTrue 'the same as a literal' "said '^rcpt 1 0 D 5.4.6'"
  mx dead.test a
  assertTrue 'addresses of a dead host, then the next' "said '^rcpt 1 0 K .*m1.test'"
  mx alldead.test a
  assertTrue 'all dead' "said '^report 1 5 m34.test'"
  mx '[192.0.2.1]' a
  assertTrue 'literal' "said '^rcpt 1 0 K .*\[192.0.2.1\]\[192.0.2.1\]:25'"
  mx '[192.0.2.100]' a
  assertTrue 'own literal' "said '^rcpt 1 0 D 5.4.6'"
  case_ends

  case_is later
  host 1 'rcpt:b@two.test=450 4.2.0 not now' 'rcpt:c@two.test=550 5.1.1 no'; host 2
  mx two.test a b c
  assertTrue 'a at the first' "said '^rcpt 1 0 K .*m1.test'"
  assertTrue 'b at the second' "said '^rcpt 1 1 K .*m2.test'"
  assertTrue 'c nowhere' "said '^rcpt 1 2 D 5.1.1 m1.test'"
  assertEquals 'b alone' 1 "$(grep -c RCPT "$SCRATCH/later.2/log")"
  { for i in 1 2; do echo "job $i $SCRATCH/m from@a.test b@two.test"; echo "wait $i"; done; } |
    timeout 60 ip netns exec $near python3 -S "$stub/jobs.py" "$uid" "$home/bin/mail-remote" two.test > "$SCRATCH/out" 2>&1
  assertTrue 'at the second again' "said '^rcpt 2 0 K .*m2.test'"
  assertEquals 'but the first was asked first' 3 "$(calls 1)"
  case_ends

  case_is greeting
  host 1 'greeting=554 no'; host 2 'greeting=554 no' 'greeting=220 hi'
  mx two.test a
  assertTrue 'refused by all' "said '^rcpt 1 0 D 5.0.0'"
  mx two.test a
  assertTrue 'refused by the first' "said '^rcpt 1 0 K .*m2.test'"
  mx half.test a
  assertTrue 'the one that cannot be found now might take it' \
    "said '^rcpt 1 0 Z 4.0.0 m1.test.* answered the connection: 554 no; half.test has MX hosts that cannot be looked up now$'"
  case_ends

  case_is duplicate
  host 1 dot=close; host 2
  mx two.test a
  assertTrue 'in doubt' "said '^rcpt 1 0 Z .*duplicate$'"
  assertNotEquals 'the second is not asked' 1 "$(calls 2)"
  case_ends

  case_is refusal
  host 1 'greeting=554 no'
  mx two.test a
  assertTrue 'one refuses, one is away: temporary, with both reasons' \
    "said '^rcpt 1 0 Z 4.0.0 m1.test.*:25 answered the connection: 554 no; m2.test.*:25 cannot be connected to: '"
  assertTrue 'not down' "said '^report 1 4 '"
  case_ends

  case_is greylist
  host 1 'rcpt:a@two.test=450 4.2.0 greylisted' 'rcpt=then-close:421 4.3.2 bye'
  mx two.test a b
  assertTrue 'the answer counts, not the lesser host that is away' \
    "said '^rcpt 1 0 Z 4.2.0 m1.test.* answered RCPT: 450 4.2.0 greylisted; m2.test.*:25 cannot be connected to: '"
  assertTrue 'for each' "said '^rcpt 1 1 Z 4.3.2 m1.test.*; m2.test'"
  case_ends
}

test_broken_settings() {
  sink 127.0.0.1
  echo nonsense > "$home/control/dnsservers.new"
  cp "$home/control/dnsservers" "$SCRATCH/keep"
  mv "$home/control/dnsservers.new" "$home/control/dnsservers"
  { echo exit; } | remote
  assertTrue 'exit' "said '^exit 111$'"
  assertTrue 'why' "said 'mail-remote: cannot read'"
  cp "$SCRATCH/keep" "$home/control/dnsservers"
  "$home/bin/mail-remote" 2> "$SCRATCH/usage"
  assertEquals 100 $?
}

run_tests
