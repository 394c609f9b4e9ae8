# load.sh - the load of the benchmark counts what it sends, and notices a reply that is wrong

. "$(dirname "$0")/../lib.sh"

load=$SCRATCH/build/bench/load

oneTimeSetUp() {
  make -s B="$SCRATCH/build" HOMEDIR=/nonexistent "$load" "$SCRATCH/build/bench/disk" > "$SCRATCH/make.log" 2>&1
  port=$(free_port 3000)
}

null_start() {
  # shellcheck disable=SC2086
  "$load" -z ${certificate:-} 127.0.0.1 "$port" > "$SCRATCH/null" &
  null=$!
  on_exit "kill $null 2>/dev/null"
  wait_for 60 "$load" -n 1 -s 1 127.0.0.1 "$port"
}
null_end() { kill $null; wait $null; }
# what the null server took, beside the one message by which its start was seen
took() { # MESSAGES CONNECTIONS ADDRESSES LOAD'S-OPTION...
  want="messages=$(($1 + 1)) connections=$(($2 + 1)) addresses=$3"
  sent="messages=$1 connections=$2"
  shift 3
  null_start || fail "no null server"
  said=$("$load" "$@" 127.0.0.1 "$port" 2>&1)
  null_end
  assertEquals "$*: what it says" "$sent" "$(echo "$said" | cut -d' ' -f1,2)"
  assertEquals "$*: what came" "$want" "$(cut -d' ' -f1-3 "$SCRATCH/null")"
}

test_no_warnings() {
  assertEquals "" "$(cat "$SCRATCH/make.log")"
  assertTrue "built" "[ -x '$load' ] && [ -x '$SCRATCH/build/bench/disk' ]"
}

test_counts() {
  took 200 200 1 -n 200
  took 200 20 1 -n 200 -k 0
  took 200 40 1 -n 200 -s 1 -k 5
  took 30 30 6 -n 30 -a 5
  took 200 200 201 -n 200 -a 0
  took 3 3 1 -n 3 -s 10 -l 300000
  took 3 3 1 -n 3 -l 1
  took 2 1 1 -n 2 -s 1 -k 0 -r 100
}

test_tls() {
  need_tls && need openssl openssl || return 0
  openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -keyout "$SCRATCH/key" -out "$SCRATCH/cert" \
    2> "$SCRATCH/err"
  cat "$SCRATCH/key" "$SCRATCH/cert" > "$SCRATCH/pem"
  certificate="-c $SCRATCH/pem"
  took 20 20 1 -n 20 -T
  took 20 3 1 -n 20 -s 3 -k 0 -l 100000 -T
  null_start || fail "no null server"
  assertContains "$("$load" -n 20 -q -T 127.0.0.1 "$port" 2>&1)" "connections=20"
  null_end
  certificate=
  null_start
  assertContains "$("$load" -n 1 -T 127.0.0.1 "$port" 2>&1)" "the reply to STARTTLS was: 502"
  null_end
}

sink() { # SINK'S-KEY=ACTION... : smtpsink.py
  rm -rf "$SCRATCH/sink"
  mkdir "$SCRATCH/sink"
  python3 -S "$stub/smtpsink.py" "$SCRATCH/sink" 127.0.0.1 "$@" &
  sink=$!
  on_exit "kill $sink 2>/dev/null"
  wait_for 60 test -s "$SCRATCH/sink/port"
}
sink_end() { kill $sink; wait $sink 2>/dev/null || :; }
to_sink() { "$load" "$@" 127.0.0.1 "$(cat "$SCRATCH/sink/port")" 2>&1; }

test_what_it_sends() {
  need python3 python3 || return 0
  sink
  to_sink -n 4 -s 1 -k 0 -l 4096 -f from@x.example -t u%d@y.example -u 3 > /dev/null || fail "not taken"
  sink_end
  assertEquals "EHLO load.example MAIL FROM:<from@x.example> RCPT TO:<u0@y.example> DATA" \
    "$(sed -n 's/^1> //p' "$SCRATCH/sink/log" | head -n 4 | xargs)"
  assertEquals "u0 u1 u2 u0" "$(sed -n 's/.*RCPT TO:<\(.*\)@.*/\1/p' "$SCRATCH/sink/log" | xargs)"
  assertEquals "bytes, with the last dot" 4099 "$(wc -c < "$SCRATCH/sink/msg.4")"
  sink "ehlo=250 nothing else"
  to_sink -n 2 -s 1 > /dev/null || fail "without PIPELINING"
  sink_end
}

wrong() { # ITS-WORDS SINK'S-KEY=ACTION...
  words=$1
  shift
  sink "$@"
  said=$(to_sink -n 5 -s 1 -k 0)
  assertEquals "$*: $said" 1 $?
  assertContains "$*" "$said" "$words"
  sink_end
}

test_wrong_replies() {
  need python3 python3 || return 0
  wrong "message 1, the reply to connecting was: 554 no" "greeting=554 no"
  wrong "the reply to EHLO was: 502 no" "ehlo=502 no"
  wrong "message 2, the reply to MAIL was: 451 no" "mail=250 ok" "mail=451 no"
  wrong "the reply to RCPT was: 550 no" "rcpt=550 no"
  wrong "the reply to DATA was: 250 no" "data=250 no"
  wrong "message 3, the reply to the message was: 452 no" "dot=250 ok" "dot=250 ok" "dot=452 no"
  wrong "the reply to the message was: 354 no" "dot=354 no"
  wrong "what nobody asked: no" "dot=250 ok|no"
  wrong "the reply to DATA was: 250 2.1.5 ok" "mail=250 ok|250 again"
  wrong "no reply to RCPT: the server closed the connection" "rcpt=close"
  wrong "message 5, the reply to QUIT was: 500 no" "quit=500 no"
}

test_disk() {
  mkdir "$SCRATCH/disk"
  assertContains "$("$SCRATCH/build/bench/disk" "$SCRATCH/disk" 2 1 4096)" "writers=2 rate="
  assertTrue "each has its envelope" "[ $(ls "$SCRATCH/disk/mess" | wc -l) = $(ls "$SCRATCH/disk/todo" | wc -l) ]"
}

run_tests
