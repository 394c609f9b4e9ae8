# mail-remote with CHUNKING: a small message goes along with the commands (BDAT, RFC 3030)

. "$(dirname "$0")/../lib.sh"
. "$stub/remote.sh"

chunking='ehlo=250-sink|250-PIPELINING|250-8BITMIME|250-SIZE 0|250 CHUNKING'

oneTimeSetUp() {
  remote_setup
  printf '%s\n' 'two.test MX 10 first.test' 'two.test MX 20 second.test' > "$zone"
  sed 's/$/\r/' "$SCRATCH/m" > "$SCRATCH/wire"
}
bytes() { wc -c < "$1" | tr -d ' '; }
jobs() { # NUMBER RCPT...: one after the other
  last=$1
  shift
  { for i in $(seq "$last"); do echo "job $i $SCRATCH/m from@a.test $*"; echo "wait $i"; done; echo nojobs; echo exit; } |
    remote
}
verbs() { sed -n 's/^[0-9]*> \([A-Z]*\).*/\1/p' "$S/log" | grep -v QUIT | xargs; }

test_a_small_message_goes_along() {
  sink 127.0.0.1 "$chunking"
  one a@x.test b@x.test
  assertTrue 'delivered' "said '^rcpt 1 1 K 2.0.0 127.0.0.1\[127.0.0.1\]:$port answered the message: 250 2.0.0 taken (unasked)$'"
  assertEquals 'one flight' 'EHLO MAIL RCPT RCPT BDAT' "$(verbs)"
  assertTrue 'its bytes' "saw '> BDAT $(bytes "$SCRATCH/wire") LAST$'"
  assertTrue 'without dots' "cmp '$SCRATCH/wire' '$S/msg.1'"
  jobs 3 c@x.test
  assertEquals 'and so the next ones' 'EHLO MAIL RCPT BDAT MAIL RCPT BDAT MAIL RCPT BDAT' "$(verbs | sed 's/.*BDAT EHLO/EHLO/')"
}

test_the_ends_of_messages() {
  sink 127.0.0.1 "$chunking"
  : > "$SCRATCH/empty"
  printf 'Subject: x\n\nno end' > "$SCRATCH/noend"
  printf 'Subject: x\n\n.\n..\n.x' > "$SCRATCH/dots"
  { echo "job 1 $SCRATCH/empty from@a.test b@x.test"; echo wait 1; echo "job 2 $SCRATCH/noend from@a.test b@x.test"; echo wait 2
    echo "job 3 $SCRATCH/dots from@a.test b@x.test"; echo wait 3; } | remote
  assertEquals 'all taken' 3 "$(grep -c '^rcpt . 0 K' "$SCRATCH/out")"
  assertTrue 'empty' "saw '> BDAT 0 LAST$'"
  assertEquals 'no end' "$(printf 'Subject: x\r\n\r\nno end\r\n' | cksum)" "$(cksum < "$S/msg.2")"
  assertEquals 'dots' "$(printf 'Subject: x\r\n\r\n.\r\n..\r\n.x\r\n' | cksum)" "$(cksum < "$S/msg.3")"
}

test_where_it_does_not() {
  sink 127.0.0.1 'ehlo=250-sink|250 CHUNKING'
  one a@x.test
  assertEquals 'without PIPELINING' 'EHLO MAIL RCPT DATA' "$(verbs)"
  sink 127.0.0.1 "$chunking"
  { cat "$SCRATCH/m"; head -c 40000 /dev/zero | tr '\0' x; } > "$SCRATCH/large"
  { echo "job 1 $SCRATCH/large from@a.test b@x.test"; echo wait 1; } | remote
  assertEquals 'a large message' 'EHLO MAIL RCPT DATA' "$(verbs)"
  echo "$(($(bytes "$SCRATCH/wire") - 1))" > "$home/control/chunkbytes"
  sink 127.0.0.1 "$chunking"
  one a@x.test
  assertEquals 'larger than the setting' 'EHLO MAIL RCPT DATA' "$(verbs)"
  bytes "$SCRATCH/wire" > "$home/control/chunkbytes"
  one a@x.test
  assertEquals 'just as large' 'EHLO MAIL RCPT BDAT' "$(verbs | sed 's/.*DATA //')"
  rm "$home/control/chunkbytes"
}

test_refusals_at_each_step() {
  sink 127.0.0.1 "$chunking" 'rcpt:no@x.test=550 5.1.1 no' 'rcpt:later@x.test=450 4.2.1 busy'
  one a@x.test no@x.test later@x.test
  assertEquals 'some' 'K D Z' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  sink 127.0.0.1 "$chunking" 'rcpt=550 5.1.1 no' 'rcpt=250 ok' 'bdat=503 5.5.1 nobody' 'bdat=250 2.0.0 ok'
  jobs 2 a@x.test
  assertTrue 'all' "said '^rcpt 1 0 D 5.1.1 .* answered RCPT'"
  assertTrue 'the next message' "said '^rcpt 2 0 K'"
  assertEquals 'in the same session, and not behind RSET' 'EHLO MAIL RCPT BDAT RSET MAIL RCPT DATA' "$(verbs)"
  sink 127.0.0.1 "$chunking" 'mail=550 5.7.1 not you' 'rcpt=503 what' 'bdat=503 what'
  one a@x.test b@x.test
  assertTrue 'MAIL' "said '^rcpt 1 1 D 5.7.1 .* answered MAIL'"
  sink 127.0.0.1 "$chunking" 'bdat=554 5.7.1 spam' 'bdat=250 ok'
  jobs 2 a@x.test b@x.test
  assertTrue 'the message' "said '^rcpt 1 1 D 5.7.1 .* answered the message: 554 5.7.1 spam$'"
  assertTrue 'not the next one' "said '^rcpt 2 1 K'"
  sink 127.0.0.1 "$chunking" 'bdat=451 4.3.0 full'
  one a@x.test
  assertTrue 'later' "said '^rcpt 1 0 Z 4.3.0 .* answered the message'"
  sink 127.0.0.1 "$chunking" 'rcpt=550 no' 'bdat=250 ok'
  one a@x.test
  assertTrue 'a message that nobody shall have, taken' "said '^rcpt 1 0 D 5.0.0'"
  sink 127.0.0.1 "$chunking" 'bdat=354 what'
  one a@x.test
  assertTrue 'out of place' "said '^rcpt 1 0 Z 4'"
}

test_enough_recipients() {
  sink 127.0.0.1 "$chunking" 'rcpt=250 ok' 'rcpt=452 4.5.3 enough' 'rcpt=250 ok'
  one a@x.test b@x.test
  assertEquals 'both' 2 "$(grep -c '^rcpt 1 . K' "$SCRATCH/out")"
  assertEquals 'in two transactions' 'EHLO MAIL RCPT RCPT BDAT MAIL RCPT BDAT' "$(verbs)"
}

# KEY=ACTION...: the first session breaks off, and a job's second transaction would be another copy
in_doubt() {
  sink 127.0.0.1 "$chunking" "$@"
  one a@x.test b@x.test
  assertTrue "$1: a" "said '^rcpt 1 0 Z 4.*; if it took the message, this will be a duplicate$'"
  assertTrue "$1: b" "said '^rcpt 1 1 Z 4.*; if it took the message, this will be a duplicate$'"
  assertEquals "$1: asked once" 1 "$(count '^connect')"
}

test_no_answer_after_all_was_sent() {
  in_doubt bdat=close
  in_doubt 'rcpt=close' 'rcpt=250 ok'
  in_doubt 'rcpt=250 ok' 'rcpt=raw:what\r\n' 'rcpt=250 ok'
  sink 127.0.0.1 "$chunking" 'rcpt=354 what'
  one a@x.test b@x.test
  assertTrue 'an answer out of place, and those behind it' "said '^rcpt 1 1 Z 4.*duplicate$'"
  sink 127.0.0.1 "$chunking" 'rcpt=550 5.1.1 no' 'rcpt=250 ok' 'bdat=close'
  one a@x.test b@x.test
  assertTrue 'a refusal is no doubt' "said '^rcpt 1 0 D 5.1.1'"
  assertTrue 'but the other one is' "said '^rcpt 1 1 Z .*duplicate$'"
  sink 127.0.0.1 "$chunking" 'mail=250 ok' 'rcpt=250 ok' 'rcpt=close' 'rcpt=250 ok'
  jobs 2 a@x.test
  assertTrue 'nor is it repeated in a session of its own' "said '^rcpt 2 0 Z .*duplicate$'"
  sink 127.0.0.1 "$chunking" 'mail=250 ok' 'mail=then-close:421 4.4.2 idle' 'mail=250 ok'
  jobs 2 a@x.test
  assertTrue 'but 421 says that it was not taken' "said '^rcpt 2 0 K'"
  sink 127.0.0.1 "$chunking" 'rcpt=then-close:421 4.3.2 stop'
  one a@x.test b@x.test
  assertTrue '421 to RCPT' "said '^rcpt 1 0 Z 4.3.2'"
  assertFalse 'no doubt about the other' "said '^rcpt 1 1 .*duplicate$'"
}

test_no_answer_to_the_first_command() {
  sink 127.0.0.1 "$chunking" 'mail=250 ok' 'mail=close' 'mail=250 ok'
  jobs 2 a@x.test
  assertTrue 'a host that has closed an idle session took nothing' "said '^rcpt 2 0 K'"
  sink 127.0.0.1 "$chunking" 'mail=close'
  one a@x.test
  assertTrue 'nor has one that closes a new one' "said '^rcpt 1 0 Z 4.4.2 .*closed the connection after MAIL$'"
}

test_a_host_that_offers_what_it_does_not_know() {
  for refusal in '500 5.5.1 what' '502 5.5.1 no' '503 5.5.1 DATA first' '504 5.5.4 LAST?'; do
    sink 127.0.0.1 "$chunking" "bdat=$refusal"
    jobs 2 a@x.test
    assertEquals "$refusal: it gets DATA" 'K K' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
    assertEquals 'in another session, and from then on' 'EHLO MAIL RCPT BDAT EHLO MAIL RCPT DATA MAIL RCPT DATA' "$(verbs)"
  done
  sink 127.0.0.1 'dot=500 5.6.0 what a line'
  one a@x.test
  assertTrue 'the end of DATA is another thing' "said '^rcpt 1 0 D 5.6.0 .* answered the message: 500'"
}

# Answers are matched by order: one too many must never make a refused message count as delivered.
test_an_answer_too_many() {
  extra='ehlo=250-sink|250-PIPELINING|250 CHUNKING|250 once more'
  sink 127.0.0.1 "$extra" 'bdat=554 5.7.1 spam' 'dot=554 5.7.1 spam'
  one a@x.test
  assertTrue 'to EHLO: the message is refused' "said '^rcpt 1 0 D 5.7.1 .* answered the message: 554 5.7.1 spam$'"
  assertEquals 'it went by DATA' 'EHLO MAIL RCPT DATA' "$(verbs)"
  sink 127.0.0.1 "$extra"
  jobs 2 a@x.test
  assertEquals 'to EHLO: mail goes' 2 "$(grep -c '^rcpt . 0 K' "$SCRATCH/out")"
  assertEquals 'one message a session' 2 "$(count '^connect')"
  sink 127.0.0.1 "$chunking" 'greeting=220 hi|250 and so on' 'dot=554 5.7.1 spam'
  one a@x.test
  assertTrue 'to the connection' "said '^rcpt 1 0 D 5.7.1 .* answered the message'"
  sink 127.0.0.1 "$chunking" 'bdat=250 2.0.0 ok|250 2.0.0 ok' 'bdat=554 5.7.1 spam'
  jobs 2 a@x.test
  assertTrue 'to the message before' "said '^rcpt 1 0 K'"
  assertTrue 'the next one is refused' "said '^rcpt 2 0 D 5.7.1 .* answered the message'"
  sink 127.0.0.1 "$chunking" 'mail=250 ok|250 ok' 'bdat=554 5.7.1 spam'
  one a@x.test
  assertFalse 'to MAIL' "grep -q '^rcpt 1 0 K' '$SCRATCH/out'"
  sink 127.0.0.1 "$chunking" 'rcpt=250 2.1.5 ok|250 2.1.5 ok' 'bdat=sleep:0.5:554 5.7.1 spam'
  one a@x.test
  assertTrue 'to RCPT, the refusal late' "said '^rcpt 1 0 Z 4.5.0 .* out of place to the message: 250 2.1.5 ok; if it took'"
  sink 127.0.0.1 'mail=250 ok|250 ok' 'rcpt:no@x.test=550 5.1.1 no'
  one no@x.test a@x.test
  assertEquals 'with DATA: nobody bounces for another' 'Z Z' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  sink 127.0.0.1 'ehlo=250 sink' 'mail=250 ok|250 ok' 'rcpt:no@x.test=550 5.1.1 no'
  one no@x.test a@x.test
  assertEquals 'nor without PIPELINING' 'Z Z' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  sink 127.0.0.1 "$chunking|421 4.3.2 not now"
  one a@x.test
  assertTrue 'what it says unasked is heard' "said '^rcpt 1 0 Z 4.3.2 .* answered EHLO: 421 4.3.2 not now$'"
}

# a success without a status, to a chunk, may be RCPT's; NOOP behind it shows which
test_answers_without_status() {
  sink 127.0.0.1 "$chunking" 'bdat=250 ok'
  jobs 2 a@x.test
  assertEquals 'taken' 'K K' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  assertEquals 'NOOP' 'EHLO MAIL RCPT BDAT NOOP MAIL RCPT BDAT NOOP' "$(verbs)"
  for noop in '500 what' '502 5.5.1 what' then-close:421 close; do
    sink 127.0.0.1 "$chunking" 'bdat=250 ok' "noop=$noop"
    one a@x.test
    assertTrue "NOOP: $noop" "said '^rcpt 1 0 K .* answered the message: 250 ok'"
  done
  for bdat in '554 spam' '554 5.7.1 spam' '451 full' '354 what'; do
    sink 127.0.0.1 "$chunking" 'rcpt=250 ok|250 ok' "bdat=sleep:0.5:$bdat"
    one a@x.test
    assertTrue "too many to RCPT, then $bdat" "said '^rcpt 1 0 Z 4.5.0 .* out of place to the message: ${bdat%% *} .*; if it took'"
    sink 127.0.0.1 "$chunking" 'mail=250 ok|250 ok' 'rcpt=250 ok' "bdat=sleep:0.5:$bdat"
    one a@x.test
    assertTrue "too many to MAIL, then $bdat" "said '^rcpt 1 0 Z 4.5.0 .* out of place to the message: ${bdat%% *} .*; if it took'"
  done
  sink 127.0.0.1 "$chunking" 'rcpt=250 ok|250 ok' 'bdat=sleep:0.5:250 ok' 'bdat=sleep:0.5:554 no'
  jobs 2 a@x.test
  assertTrue 'taken, and one too many' "said '^rcpt 1 0 K'"
  assertFalse 'the next one is not' "grep -q '^rcpt 2 0 K' '$SCRATCH/out'"
  echo 4 > "$home/control/timeoutremote"
  sink 127.0.0.1 "$chunking" 'bdat=250 ok' noop=hang
  one a@x.test
  assertTrue 'silence' "said '^rcpt 1 0 Z .*no reply in time to NOOP; if it took'"
  echo 30 > "$home/control/timeoutremote"
}

test_silence() {
  echo 4 > "$home/control/timeoutremote"
  in_doubt bdat=hang
  in_doubt mail=hang
  echo 30 > "$home/control/timeoutremote"
}

# to our own server, whose queue and look-up are fakes
test_mail_smtpd() {
  need tcpserver ucspi-tcp || return 0
  store=$SCRATCH/store
  mkdir "$store"
  python3 -S "$stub/mail-services" "$home" "$store" & on_exit "kill $!"
  wait_for 30 test -S "$home/run/queue"
  wait_for 30 test -S "$home/run/verify/lookup"
  smtpd=$(free_port 2750)
  tcpserver -HR -l0 127.0.0.1 "$smtpd" "$home/bin/mail-smtpd" 2> "$SCRATCH/smtpd.log" & on_exit "kill $!"
  wait_for 30 smtp_up "$smtpd"
  echo ":127.0.0.1:$smtpd" > "$home/control/smtproutes"
  { for i in 1 2; do echo "job $i $SCRATCH/m from@a.test b@me.test no@me.test"; echo "wait $i"; done; } | remote
  assertEquals 'taken, and refused' 'K D K D' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  assertEquals 'as it was, below what the server adds' "$(cksum < "$SCRATCH/m")" \
    "$(tail -n "$(wc -l < "$SCRATCH/m")" "$store/1.mess" | cksum)"
  { echo "job 1 $SCRATCH/m from@a.test no@me.test"; echo wait 1
    echo "job 2 $SCRATCH/m from@a.test b@me.test"; echo wait 2; } | remote
  assertEquals 'nobody, then somebody' 'D K' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  assertEquals 'messages' 3 "$(find "$store" -name '*.mess' | wc -l)"
}

run_tests
