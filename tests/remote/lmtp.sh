# mail-remote over LMTP, to a host and to a Unix socket (tests/stub/smtpsink.py after LHLO)

. "$(dirname "$0")/../lib.sh"

. "$stub/remote.sh"

oneTimeSetUp() {
  remote_setup
  echo 60 > "$home/control/timeoutremote"
  echo 1 > "$home/control/timeoutconnect"
  printf 'Subject: test\n\n.dot\n' > "$SCRATCH/m"
}

# Starts a server in a folder of its own, $S.
sink() { # ADDRESS|socket KEY=ACTION...
  n=$((n + 1))
  S=$SCRATCH/s$n
  mkdir "$S"
  where=$1
  shift
  [ "$where" = socket ] && where=$S/lmtp
  python3 -S "$stub/smtpsink.py" "$S" "$where" "$@" & on_exit "kill $!"
  wait_for 60 test -f "$S/port"
  [ "$where" = "$S/lmtp" ] || where=127.0.0.1:$(cat "$S/port")
  transport "x.test:lmtp:$where"
}
transport() { printf '%s\n' "$@" > "$home/control/transports"; }

both() { # TEST: by TCP and by a Unix socket
  "$1" 127.0.0.1
  "$1" socket
}

session() {
  sink "$1"
  { for i in 1 2; do echo "job $i $SCRATCH/m from@a.test a$i@x.test b$i@x.test"; echo "wait $i"; done
    echo nojobs; echo exit; } | remote
  relay=$S/lmtp
  [ "$1" = socket ] || relay="127.0.0.1\[127.0.0.1\]:${where#*:}"
  assertTrue "$1: delivered" "said '^rcpt 1 0 K 2.0.0 $relay answered the message: 250 2.0.0 taken (unasked)$'"
  assertTrue "$1: relay" "said '^report 2 0 $relay$'"
  assertTrue "$1: not for strangers" "said '^told 1 0 2.0.0 the next host answered the message: 250 2.0.0 taken$'"
  assertEquals "$1: all" 4 "$(grep -c '^rcpt . . K' "$SCRATCH/out")"
  assertTrue "$1: LHLO" "saw '^1> LHLO me.test$'"
  assertTrue "$1: its extensions" "saw '^1> MAIL FROM:<from@a.test> SIZE=23$'"
  assertEquals "$1: the message" "$(printf 'Subject: test\r\n\r\n..dot\r\n.\r\n' | cksum)" "$(cksum < "$S/msg.2")"
  assertEquals "$1: connections" 1 "$(count '^connect')"
  assertTrue "$1: QUIT" "saw '^1> QUIT$'"
  assertTrue "$1: exit" "said '^exit 0$'"
}
test_a_session() { both session; }

each() {
  sink "$1" 'rcpt:no@x.test=550 5.1.1 no' 'dot:full@x.test=452 4.2.2 full' 'dot:bad@x.test=554-5.7.1 spam|554 5.7.1 it is' \
    'dot:odd@x.test=250 2.1.5 mine'
  { echo "job 1 $SCRATCH/m from@a.test a@x.test no@x.test full@x.test bad@x.test odd@x.test b@x.test"; echo wait 1
    echo "job 2 $SCRATCH/m from@a.test c@x.test"; echo wait 2; echo nojobs; echo exit; } | remote
  assertTrue "$1: a" "said '^rcpt 1 0 K 2.0.0'"
  assertTrue "$1: no" "said '^rcpt 1 1 D 5.1.1 .* answered RCPT'"
  assertTrue "$1: full" "said '^rcpt 1 2 Z 4.2.2 .* answered the message: 452 4.2.2 full$'"
  assertTrue "$1: bad" "said '^rcpt 1 3 D 5.7.1 .* answered the message: 554 5.7.1 spam it is$'"
  assertTrue "$1: odd" "said '^rcpt 1 4 K 2.1.5 .*mine'"
  assertTrue "$1: b" "said '^rcpt 1 5 K 2.0.0'"
  assertTrue "$1: the next message" "said '^rcpt 2 0 K'"
  assertEquals "$1: answers that differ end a session" 2 "$(count '^connect')"
  assertTrue "$1: with QUIT" "saw '^1> QUIT$'"
  assertEquals "$1: one message each" 2 "$(count ' message ')"
}
test_each_recipient_has_its_own_answer() { both each; }

# which of them is whose?
test_an_answer_too_many() {
  sink socket 'dot:a@x.test=250 ok|250 ok' 'dot:b@x.test=550 5.2.0 no'
  one a@x.test b@x.test
  assertEquals 'Z Z' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  assertTrue "said '^rcpt 1 1 Z 4.5.0 .* out of place to the message: 550 .*; if it took'"
  sink socket 'dot:a@x.test=250 ok|250 ok' 'dot:b@x.test=sleep:0.5:550 5.2.0 no'
  one a@x.test b@x.test
  assertEquals 'late' 'Z Z' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  for second in '550 5.2.0 no' 'sleep:0.5:550 5.2.0 no' '250 ok' 'sleep:0.5:250 ok' 'sleep:0.5:421 bye'; do
    sink socket 'dot:a@x.test=550 5.2.0 no|550 5.2.0 no' "dot:b@x.test=$second"
    one a@x.test b@x.test
    assertEquals "a refusal twice, then $second" 'Z Z' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  done
  sink socket 'dot:a@x.test=250 ok|250 ok'
  one a@x.test b@x.test
  assertEquals 'all say the same' 'K K' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  sink socket 'dot:a@x.test=550 5.2.0 no|421 bye'
  one a@x.test
  assertEquals 'of one the first counts' D "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
}

test_without_pipelining() {
  sink socket 'lhlo=250 sink' 'rcpt:no@x.test=550 no' 'dot=250 ok' 'dot=450 4.2.0 later'
  one a@x.test no@x.test b@x.test
  assertEquals 'K D Z' "$(awk '/^rcpt/ { print $4 }' "$SCRATCH/out" | xargs)"
  assertTrue 'no parameters' "saw 'MAIL FROM:<from@a.test>$'"
}

test_what_is_offered_is_used() {
  sink socket 'lhlo=250-sink|250-DSN|250 CHUNKING'
  { echo 'with ret=HDRS notify=SUCCESS'; echo "job 1 $SCRATCH/m from@a.test a@x.test"; echo wait 1; } | remote
  assertTrue 'MAIL' "saw 'MAIL FROM:<from@a.test> RET=HDRS$'"
  assertTrue 'RCPT' "saw 'RCPT TO:<a@x.test> NOTIFY=SUCCESS$'"
  assertTrue 'DATA all the same' "saw '> DATA$'"
  assertTrue 'the server does the rest' "said '^rcpt 1 0 K .*taken$'"
}

test_nobody_accepted_but_354() {
  sink socket 'rcpt=550 no'
  { for i in 1 2; do echo "job $i $SCRATCH/m from@a.test a@x.test"; echo "wait $i"; done; } | remote
  assertTrue 'refused' "said '^rcpt 1 0 D 5.0.0 .* answered RCPT'"
  assertTrue 'and again' "said '^rcpt 2 0 D 5.0.0 .* answered RCPT'"
}

early() { # ACTION RESULT-A RESULT-B
  sink 127.0.0.1 "data=early:1000:$1"
  { echo "job 1 $SCRATCH/big from@a.test a@x.test b@x.test"; echo wait 1; echo nojobs; echo exit; } | remote
  assertTrue "$1: a" "said '^rcpt 1 0 $2'"
  assertTrue "$1: b" "said '^rcpt 1 1 $3'"
}
test_last_words_are_heard() {
  { cat "$SCRATCH/m"; head -c 20000000 /dev/zero | tr '\0' x | fold -w 70; } > "$SCRATCH/big"
  early '554 5.7.1 no' 'D 5.7.1 .* answered the message: 554 5.7.1 no$' 'D 5.7.1'
  early 'then-hang:554 5.7.1 no' 'D 5.7.1' 'D 5.7.1'
  early '452 4.2.2 full|554 5.2.2 gone' 'Z 4.2.2' 'D 5.2.2 .* answered the message: 554 5.2.2 gone$'
  early '421 4.3.2 stop' 'Z 4.3.2' 'Z 4.3.2 .* answered the message: 421 4.3.2 stop$'
  early '250 2.0.0 ok|250 2.0.0 ok' 'Z 4.5.0' 'Z 4.5.0 .* out of place'
}

test_the_connection_ends_between_the_answers() {
  sink 127.0.0.1 'dot:a@x.test=250 ok' 'dot:b@x.test=550 5.2.0 no' 'dot:c@x.test=close'
  one a@x.test b@x.test c@x.test d@x.test
  assertTrue 'a' "said '^rcpt 1 0 K'"
  assertTrue 'b' "said '^rcpt 1 1 D 5.2.0'"
  for i in 2 3; do assertTrue "$i" "said '^rcpt 1 $i Z 4.4.2 .* closed the connection after the message; .*duplicate$'"; done
  assertEquals 'not again' 1 "$(count '^connect')"
  for last in 'then-close:250 2.0.0 ok' 'raw:250 ok\n999 what\r\n' 'flood'; do
    sink socket "dot:a@x.test=250 ok" "dot:b@x.test=$last"
    one a@x.test b@x.test c@x.test
    assertTrue "$last: a" "said '^rcpt 1 0 K'"
    assertTrue "$last: c" "said '^rcpt 1 2 Z 4..*duplicate$'"
  done
  sink socket 'dot:b@x.test=hang'
  echo 5 > "$home/control/timeoutremote"
  one a@x.test b@x.test c@x.test
  echo 60 > "$home/control/timeoutremote"
  assertTrue 'a' "said '^rcpt 1 0 K'"
  for i in 1 2; do assertTrue "$i" "said '^rcpt 1 $i Z 4.4.2 .* gave no reply in time to the message; .*duplicate$'"; done
}

test_421_is_the_end() {
  sink socket 'dot:b@x.test=421 4.3.2 going down'
  one a@x.test b@x.test c@x.test
  assertTrue 'a' "said '^rcpt 1 0 K'"
  assertTrue 'b' "said '^rcpt 1 1 Z 4.3.2 .* 421 4.3.2 going down$'"
  assertTrue 'c' "said '^rcpt 1 2 Z 4.3.2 .*duplicate$'"
}

test_answers_out_of_place() {
  sink socket 'dot:a@x.test=354 go'
  one a@x.test b@x.test
  assertTrue 'a' "said '^rcpt 1 0 Z 4'"
  assertTrue 'b' "said '^rcpt 1 1 Z 4.*duplicate$'"
  sink socket 'dot=250 ok' 'dot=raw:250 ok\r\n250 one more\r\n' 'dot=250 ok'
  { for i in 1 2; do echo "job $i $SCRATCH/m from@a.test a@x.test b@x.test"; echo "wait $i"; done; } | remote
  assertEquals 'all' 4 "$(grep -c '^rcpt . . K' "$SCRATCH/out")"
  assertEquals 'one answer too many: a new session' 2 "$(count '^connect')"
}

test_a_server_that_speaks_no_lmtp() {
  sink 127.0.0.1 'lhlo=500 5.5.1 what'
  one a@x.test
  assertTrue 'mail waits' "said '^rcpt 1 0 Z 4.5.1 .* answered LHLO: 500 5.5.1 what$'"
  assertEquals 'no HELO' 0 "$(count HELO)"
}

test_a_socket_that_is_not_there() {
  transport "x.test:lmtp:$SCRATCH/none"
  one a@x.test
  assertTrue 'later' "said '^rcpt 1 0 Z 4.4.1 $SCRATCH/none cannot be connected to: No such file or directory$'"
  assertTrue 'leave it alone' "said '^report 1 5 '"
}

processes() { ls -l /proc/[0-9]*/exe 2>/dev/null | sed -n "s|.*/proc/\([0-9]*\)/exe -> $home/bin/mail-remote\$|\1|p"; }
remote_pid() { for p in $(processes); do [ ! -e "/proc/$p/fd/4" ] || echo "$p"; done; }     # its helper has no more than 3
ended() { for p; do ! kill -0 "$p" 2>/dev/null || grep -q '^State:.Z' "/proc/$p/status" || return 1; done; }
tries() { "$SCRATCH/poke" "$pid" "$@"; }
is_held() { [ -n "$(remote_pid)" ] && grep -q ' message 1$' "$S/log"; }

# no way to the network where the mail goes to a socket, and to no socket at all: its helper has the one connection
test_locked_in() {
  need_root || return 0
  [ "$(uname -m)" = x86_64 ] || { why="poke is for x86-64 only"; return 0; }
  cc -O2 -D_GNU_SOURCE -o "$SCRATCH/poke" "$stub/poke.c" || fail "no poke"
  sink 127.0.0.1
  near=$S/near far=${where#*:}
  python3 -S "$stub/smtpsink.py" "$SCRATCH" "$near" & on_exit "kill $!"
  wait_for 60 test -f "$SCRATCH/port"
  for kind in socket 127.0.0.1; do
    sink $kind 'dot=hang'
    one a@x.test & on_exit "kill $! 2>/dev/null"
    wait_for 60 is_held || fail "mail-remote does not come to the end of the message"
    pid=$(remote_pid)
    want=done
    [ $kind = socket ] && want=EPERM
    assertEquals "$kind: to the network" $want "$(tries connect-inet "$far")"
    assertEquals "$kind: to a socket" EPERM "$(tries connect-unix "$near")"
    all=$(processes)
    [ $kind = socket ] && assertEquals "$kind: it and its helper" 2 "$(echo "$all" | wc -l)"
    for p in $all; do
      assertEquals "$kind: files and memory" '16 67108864' \
        "$(sed -n 's/^Max open files *\([0-9]*\).*/\1/p; s/^Max address space *\([0-9]*\).*/\1/p' "/proc/$p/limits" | xargs)"
    done
    kill "$pid"
    wait $!
    wait_for 60 ended $all || fail "$kind: the helper lives on"
  done
}

test_lines() {
  sink 127.0.0.1
  p=${where#*:}
  echo ":127.0.0.1:1" > "$home/control/smtproutes"
  transport "x.test:lmtp:[127.0.0.1]:$p"; one a@x.test
  assertTrue 'address in brackets' "said '^rcpt 1 0 K'"
  transport ".test:lmtp:127.0.0.1:$p" ':smtp'; one a@x.test
  assertTrue 'all below' "said '^rcpt 1 0 K'"
  transport ":lmtp:127.0.0.1:$p"; one a@x.test
  assertTrue 'all' "said '^rcpt 1 0 K'"
  for line in 'x.test:smtp' 'y.test:nonsense'; do
    transport "$line"; one a@x.test
    assertTrue "$line: SMTP" "said '^rcpt 1 0 Z 4.4.1 127.0.0.1\[127.0.0.1\]:1 cannot be connected to'"
  done
  for line in x.test x.test:lmtp:127.0.0.1:25 x.test:lmtp:127.0.0.1:70000 x.test:lmtp::24 x.test:lmtp:0.0.0.0; do
    transport "$line"; one a@x.test
    assertTrue "$line" "said '^rcpt 1 0 Z 4.3.5 '"
  done
  transport "x.test:lmtp:gone.test"; one a@x.test
  assertTrue 'a name that cannot be looked up' "said '^rcpt 1 0 Z 4.4.4 gone.test in control/transports cannot be looked up'"
  transport 'x.test:program:/bin/true'; one a@x.test
  assertTrue 'a program is not ours' "said '^rcpt 1 0 Z 4.3.5 x.test has a program in control/transports now$'"
  rm "$home/control/smtproutes"
}

run_tests
