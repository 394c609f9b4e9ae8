# mail-remote over QMTP: what is sent, answers matched by position, hostile hosts (stub/netsink.py), and mail-qmtpd as host

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home store=$SCRATCH/store n=0
oneTimeSetUp() {
  instance "$home" me.test || exit 1
  uid=$(awk '$1 == "mailr" { print $2 }' "$home.users")
  patient
  mkdir "$store"
  printf 'Subject: test\n\n.dot\n..\nend\n' > "$SCRATCH/m"
  echo 127.0.0.1:1 > "$home/control/dnsservers"
}
patient() { echo 60 > "$home/control/timeoutremote"; }

# Starts a host with its folder, $S; x.test is routed to it.
sink() { # [SCRIPT...]
  n=$((n + 1))
  S=$SCRATCH/s$n
  mkdir "$S"
  : > "$S/log"
  python3 -I -S "$stub/netsink.py" "$S" "${at:-127.0.0.1}" qmtp "$@" & on_exit "kill $!"
  wait_for 60 test -f "$S/port"
  port=$(cat "$S/port")
  echo "x.test:127.0.0.1:$port" > "$home/control/qmtproutes"
}

# Runs mail-remote for x.test with what to do on standard input.
remote() { timeout 120 python3 -S "$stub/jobs.py" "$uid" "$home/bin/mail-remote" "${1:-x.test}" > "$SCRATCH/out" 2>&1; }
jobs() { # RCPTS... - a job for each word, one after the other; commas between recipients
  { i=0; for rcpts; do
    i=$((i + 1))
    echo "job $i $SCRATCH/m from@a.test $(echo "$rcpts" | tr , ' ')"
    echo "wait $i"
  done; echo nojobs; echo exit; } | remote
}
said() { grep -q -e "$1" "$SCRATCH/out" || { echo "# not said: $1"; cat "$SCRATCH/out"; return 1; }; }
count() { grep -c "^$1" "$S/log"; }
# the results of job 1, in order
results() { sed -n "s/^rcpt ${1:-1} [0-9]* \([KZD]\).*/\1/p" "$SCRATCH/out" | xargs; }

test_message_is_sent_as_it_is() {
  sink
  { cat "$SCRATCH/m"; head -c 300000 /dev/zero | tr '\0' x; printf '\n\303\244 no end'; } > "$SCRATCH/m2"
  { echo "job 1 $SCRATCH/m2 from@a.test b@x.test"; echo wait 1; echo nojobs; echo exit; } | remote
  assertTrue "said '^rcpt 1 0 K 2.0.0 127.0.0.1\[127.0.0.1\]:$port answered the message: K2.0.0 taken (unasked)$'"
  assertTrue "said '^report 1 4 127.0.0.1\[127.0.0.1\]:$port$'"
  assertTrue "said '^told 1 0 2.0.0 the next host answered the message: K2.0.0 taken$'"
  assertTrue "said '^exit 0$'"
  { echo; cat "$SCRATCH/m2"; } | cmp -s - "$S/1.mess" || fail 'other bytes'
  assertEquals 'from@a.test b@x.test' "$(xargs < "$S/1.env")"
  assertEquals 'broken' 0 "$(count broken)"
}

test_addresses_are_those_of_the_envelope() {
  sink
  { echo "job 1 $SCRATCH/m <> a\\x20b@x.test \"@x.test bare"; echo wait 1; echo "job 2 $SCRATCH/m #@[] c@x.test"; echo wait 2
    echo "job 3 $SCRATCH/m list-@a.test-@[] c@x.test d@x.test"; echo wait 3; : > "$SCRATCH/empty"
    echo "job 4 $SCRATCH/empty s@a.test c@x.test"; echo wait 4; } | remote
  assertEquals 'not quoted' "|a b@x.test|\"@x.test|bare@me.test|" "$(tr '\n' '|' < "$S/1.env")"
  assertEquals 'a bounce of a bounce' '|c@x.test|' "$(tr '\n' '|' < "$S/2.env")"
  assertEquals 'VERP' 'list-c=x.test@a.test|c@x.test|list-d=x.test@a.test|d@x.test|' \
    "$(cat "$S/3.env" "$S/4.env" | tr '\n' '|')"
  assertEquals 'no line at all' 1 "$(wc -c < "$S/5.mess")"
  assertEquals 'connections: a request for several ends one' 2 "$(count connect)"
}

test_answers_by_position() {
  sink 'req; ok KDZKD'
  jobs a@x.test,b@x.test,c@x.test,d@x.test,e@x.test
  assertEquals 'K D Z K D' "$(results)"
  assertTrue "said '^rcpt 1 1 D 5.1.1 .* answered the message: D5.1.1 not here$'"
  assertTrue "said '^rcpt 1 2 Z 4.2.1 .* answered the message: Z4.2.1 not now$'"
  sink 'req; tell Ksure; tell Dno\r\nway; tell Z5.1.1 who?; tell D2.0.0 what; tell K'
  jobs a@x.test,b@x.test,c@x.test,d@x.test,e@x.test
  assertEquals 'K D Z D K' "$(results)"
  assertTrue "said '^rcpt 1 0 K 2.0.0 .*: Ksure (unasked)$'"
  assertTrue "said '^rcpt 1 1 D 5.0.0 .*: Dno  way$'"
  assertTrue "said '^rcpt 1 2 Z 4.0.0 .*: Z5.1.1 who?$'"
  assertTrue "said '^rcpt 1 3 D 5.0.0 .*: D2.0.0 what$'"
}

test_many_recipients_share_a_request() {
  sink
  jobs "$(seq -s, -f 'user%.0f@x.test' 100)"
  assertEquals 'all' 100 "$(grep -c '^rcpt 1 [0-9]* K' "$SCRATCH/out")"
  assertEquals 'requests' 1 "$(count request)"
  echo x.test:40 > "$home/control/remoterecipients"
  jobs "$(seq -s, -f 'user%.0f@x.test' 100)"
  rm "$home/control/remoterecipients"
  assertEquals 'all' 100 "$(grep -c '^rcpt 1 [0-9]* K' "$SCRATCH/out")"
  assertEquals 'as many as the site allows' '40 40 20' "$(sed -n 's/^request [2-4] //p' "$S/log" | xargs)"
}

test_jobs_share_a_connection() {
  sink
  jobs a@x.test b@x.test c@x.test
  assertEquals 'K K K' "$(results 1) $(results 2) $(results 3)"
  assertEquals 'connections' 1 "$(count connect)"
  sink 'req; ok' serve
  { echo "job 1 $SCRATCH/m from@a.test a@x.test"; echo wait 1; wait_for 60 grep -q '^end 1$' "$S/log"
    echo "job 2 $SCRATCH/m from@a.test b@x.test"; echo wait 2; } | remote
  assertEquals 'a host that ends it gets a new one' 'K K' "$(results 1) $(results 2)"
  assertEquals 'connections' 2 "$(count connect)"
}

test_an_answer_too_many_is_nobodys() {
  sink 'req; say 1:K,5:Kmore,; serve' serve
  jobs a@x.test b@x.test
  assertEquals 'K K' "$(results 1) $(results 2)"
  assertEquals 'connections' 2 "$(count connect)"
  sink 'req; say 1:K,9:D5.0.0 ha,; serve' serve
  echo x.test:1 > "$home/control/remoterecipients"
  jobs a@x.test,b@x.test
  rm "$home/control/remoterecipients"
  assertEquals 'in one job' 'K K' "$(results 1)"
  assertEquals 'connections' 2 "$(count connect)"
}

test_an_answer_too_many_among_several() {
  sink 'req; tell Dno; tell Dno; tell K' 'req; tell Dno; tell Dno; sleep 0.5; tell K; eof' 'req; tell K; tell K; tell Dno' \
    'req; tell K; tell Dno; eof' 'req; tell K; tell Dno; sleep 30'
  for i in 1 2 3; do
    jobs a@x.test,b@x.test
    assertEquals "whose is whose, $i?" 'Z Z' "$(results)"
    assertTrue "said '^rcpt 1 1 Z 4.5.0 .* gave an answer too many to the message; if it took'"
  done
  jobs a@x.test,b@x.test
  assertEquals 'no more came' 'K D' "$(results)"
  jobs a@x.test,b@x.test
  assertEquals 'it does not end' 'K D' "$(results)"
}

test_a_lost_answer_may_be_a_duplicate() {
  sink 'req' 'req; reset' 'req; ok K; say 5:K2.0' 'req; tell K; say 1:X,' 'req; tell K; say 250 ok\r\n' 'req; tell D; say 0:,' \
    'req; tell K; forever 1'
  for i in 1 2; do
    jobs a@x.test,b@x.test
    assertEquals "none came, $i" 'Z Z' "$(results)"
    assertTrue "said '^rcpt 1 1 Z 4.4.2 .*; if it took the message, this will be a duplicate$'"
  done
  jobs a@x.test,b@x.test
  assertEquals 'more than all' 'Z Z' "$(results)"
  for i in 4 5; do
    jobs a@x.test,b@x.test
    assertEquals "one came, $i" 'K Z' "$(results)"
    assertTrue "said '^rcpt 1 1 Z 4.5.0 .* gave no sound reply to the message: .*; if it took'"
  done
  jobs a@x.test,b@x.test
  assertEquals 'D Z' "$(results)"
  jobs a@x.test,b@x.test
  assertEquals 'an endless one' 'K Z' "$(results)"
  assertEquals 'nobody got it twice' 7 "$(count request)"
}

test_what_did_not_get_there_is_not_lost() {
  head -c 15000000 /dev/zero | tr '\0' x > "$SCRATCH/large"
  sink 'read 10' 'read 10; reset' 'tell Kgot it; read 10; reset' 'tell Kgot it; req; eof'
  for i in 1 2 3 4; do
    { echo "job 1 $SCRATCH/large from@a.test b@x.test"; echo wait 1; echo nojobs; echo exit; } | remote
    assertEquals "cut $i" Z "$(results)"
    assertFalse "it cannot have been taken, $i" "grep -q duplicate '$SCRATCH/out'"
  done
  sink 'req; ok; read 10; reset' serve
  { echo "job 1 $SCRATCH/m f@a.test b@x.test"; echo wait 1; echo "job 2 $SCRATCH/large f@a.test b@x.test"; echo wait 2; } | remote
  assertEquals 'an old connection that broke is replaced' 'K K' "$(results 1) $(results 2)"
  rm "$SCRATCH/large"
}

test_last_words_are_heard() {
  head -c 15000000 /dev/zero | tr '\0' x > "$SCRATCH/large"
  sink 'read 10; tell D5.7.1 no such things; reset' 'read 10; tell D5.7.1 no such things; sleep 60' \
    'read 10; tell Z4.3.1 full' 'req; ok; read 10; tell D5.7.1 no; reset' serve
  for want in 'D 5.7.1' 'D 5.7.1' 'Z 4.3.1'; do
    { echo "job 1 $SCRATCH/large from@a.test b@x.test c@x.test"; echo wait 1; echo nojobs; echo exit; } | remote
    for i in 0 1; do assertTrue "$want" "said '^rcpt 1 $i $want .* answered the message: '"; done
  done
  { echo "job 1 $SCRATCH/m f@a.test b@x.test"; echo wait 1; echo "job 2 $SCRATCH/large f@a.test b@x.test"; echo wait 2; } | remote
  assertEquals 'in an old connection they may be about what was before' 'K K' "$(results 1) $(results 2)"
  rm "$SCRATCH/large"
}

test_time_is_bounded() {
  echo 2 > "$home/control/timeoutremote"
  sink 'req; eof' 'sleep 60' 'req; tell K; say 3:K; eof'
  jobs a@x.test
  assertTrue 'no answer' "said '^rcpt 1 0 Z 4.4.2 .* gave no reply in time to the message; if it took'"
  head -c 15000000 /dev/zero | tr '\0' x > "$SCRATCH/large"
  { echo "job 1 $SCRATCH/large from@a.test b@x.test"; echo wait 1; echo nojobs; echo exit; } | remote
  assertTrue 'a host that does not read' "said '^rcpt 1 0 Z 4.4.2 .* took no more bytes in time$'"
  rm "$SCRATCH/large"
  jobs a@x.test,b@x.test
  assertTrue 'half an answer' "said '^rcpt 1 1 Z 4.4.2 .* gave no reply in time to the message; if it took'"
  patient
}

test_routes() {
  sink
  P=$port
  printf '%s\n' "x.test:127.0.0.1:$P" "[192.0.2.9]:127.0.0.1:$P" ".y.test:127.0.0.1:$P" "no.y.test:" "bad.test:127.0.0.1:0" \
    "name.test:host.test" > "$home/control/qmtproutes"
  printf '%s\n' ":127.0.0.1:1" > "$home/control/smtproutes"
  for d in x.test '[192.0.2.9]' a.y.test; do
    { echo "job 1 $SCRATCH/m s@a.test a@$d"; echo wait 1; } | remote "$d"
    assertEquals "$d" K "$(results)"
  done
  { echo "job 1 $SCRATCH/m s@a.test a@no.y.test"; echo wait 1; } | remote no.y.test
  assertTrue 'an exception goes by SMTP' "said '^rcpt 1 0 Z 4.4.1 127.0.0.1\[127.0.0.1\]:1 cannot be connected to'"
  { echo "job 1 $SCRATCH/m s@a.test a@bad.test"; echo wait 1; } | remote bad.test
  assertTrue "said '^rcpt 1 0 Z 4.3.5 bad.test has a route in control/qmtproutes that is not host\[:port\]$'"
  { echo "job 1 $SCRATCH/m s@a.test a@name.test"; echo wait 1; } | remote name.test
  assertTrue "said '^rcpt 1 0 Z 4.4.4 host.test in control/qmtproutes cannot be looked up'"
  rm "$home/control/smtproutes"
  at=::1 sink
  unset at
  echo "x.test:[::1]:$port" > "$home/control/qmtproutes"
  jobs a@x.test
  assertTrue 'IPv6' "said '^rcpt 1 0 K 2.0.0 ::1\[::1\]:$port answered'"
  echo "x.test:127.0.0.1:1" > "$home/control/qmtproutes"
  jobs a@x.test
  assertTrue 'nobody there' "said '^rcpt 1 0 Z 4.4.1 127.0.0.1\[127.0.0.1\]:1 cannot be connected to'"
}

test_what_qmtp_cannot_say() {
  sink
  { echo "job 1 $SCRATCH/m s@a.test \\xc3\\xa4@x.test b@x.test"; echo wait 1; echo "job 2 $SCRATCH/m \\xc3\\xa4@a.test b@x.test"; echo wait 2
    echo 'with utf8=1 notify=SUCCESS orcpt=rfc822;b ret=FULL envid=e'; echo "job 3 $SCRATCH/m s@a.test b@x.test"; echo wait 3; } | remote
  assertEquals 'D K' "$(results)"
  assertTrue "said '^rcpt 1 0 D 5.6.7 the address is not ASCII, and .* does not offer SMTPUTF8$'"
  assertTrue "said '^rcpt 2 0 D 5.6.7 the sender.s address is not ASCII'"
  assertTrue 'reports cannot be asked for' "said '^rcpt 3 0 K .* (unasked)$'"
  assertEquals 's@a.test b@x.test' "$(xargs < "$S/1.env")"
  truncate -s 200000000 "$SCRATCH/huge"
  tr '\0' x < "$SCRATCH/huge" > "$SCRATCH/huge2"
  { echo "job 1 $SCRATCH/huge2 s@a.test b@x.test"; echo wait 1; } | remote
  rm "$SCRATCH/huge" "$SCRATCH/huge2"
  assertTrue "said '^rcpt 1 0 D 5.3.4 the message is too large for QMTP'"
}

# our own server, whose queue is $store
test_to_mail_qmtpd_and_back() {
  python3 -S "$stub/mail-services" "$home" "$store" > "$SCRATCH/services.log" 2>&1 & on_exit "kill $! 2>/dev/null"
  wait_for 60 test -S "$home/run/queue"
  wait_for 60 test -S "$home/run/verify/lookup"
  echo x.test > "$home/control/locals"
  sink "run $home/bin/mail-qmtpd"
  python3 -S - "$SCRATCH/m3" <<'P'
import sys
odd = bytes(b for b in range(256) if b not in (0, 10, 13))
open(sys.argv[1], "wb").write(b"Subject: x\n\n.\n..\n" + b"\n".join(odd[i:i + 7] for i in range(0, 253)) + b"\n\n" + odd * 999 + b" no end")
P
  { for i in 1 2; do echo "job $i $SCRATCH/m3 from@a.test yes$i@x.test no@x.test later@x.test"; echo "wait $i"; done
    echo nojobs; echo exit; } | remote
  assertEquals 'K D Z K D Z' "$(results 1) $(results 2)"
  assertEquals 'connections' 2 "$(count connect)"
  for i in 1 2; do
    assertEquals "Ffrom@a.test|Tyes$i@x.test|" "$(tr '\0' '|' < "$store/$i.env")"
    sed '1,/; .* [+-][0-9]*$/d' "$store/$i.mess" | cmp - "$SCRATCH/m3" || fail "other bytes: $(head -n 4 "$store/$i.mess")"
  done
  assertTrue "said '^rcpt 1 0 K 2.0.0 .* answered the message: K2.0.0 ok [0-9]* qp '"
  assertTrue "said '^rcpt 1 1 D 5.1.1 '"
}

run_tests
