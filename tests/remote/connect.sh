# connect.c: which of a host's addresses mail-remote takes (a silent one has a full backlog: tests/stub/full.py)

. "$(dirname "$0")/../lib.sh"
. "$stub/remote.sh"

# 127.83.0.1 is ours alone: whatever port the kernel gives us at ::1 is free there, also beside other tests
oneTimeSetUp() {
  remote_setup
  echo 55 > "$home/control/timeoutconnect"
  printf '%s\n' 'two.test A 127.83.0.1' 'two.test AAAA ::1' 'three.test A 127.83.0.1' 'three.test A 127.83.0.2' \
    'three.test AAAA ::1' > "$zone"
}

# a server at ::1, and at the same port of 127.83.0.1 nobody
six() { # KEY=ACTION...
  sink ::1 "$@"
  echo ".test:two.test:$port" > "$home/control/smtproutes"
}

# the same, and who connects to 127.83.0.1 gets no answer
silent_and_six() { # KEY=ACTION...
  for try in 1 2 3 4 5; do
    six "$@"
    python3 "$stub/full.py" "$S" 127.83.0.1 "$port" & on_exit "kill $!"
    wait_for 60 sh -c "test -f '$S/full' || ! kill -0 $!"
    [ -f "$S/full" ] && return 0        # else somebody has the port
  done
  return 1
}

test_an_address_that_refuses_gives_way_at_once() {
  six
  one b@x.test
  assertTrue 'delivered' "said '^rcpt 1 0 K .*two.test\[::1\]:$port'"
  assertTrue 'relay' "said '^report 1 4 two.test\[::1\]:$port$'"
}

test_a_silent_address_does_not_hold_up_the_other() {
  need_root || return 0         # only root sees the descriptors of what is not dumpable
  silent_and_six || fail 'no port'
  start=$(date +%s)
  { echo "job 1 $SCRATCH/m from@a.test b@x.test"; echo wait 1; echo locked
    echo "job 2 $SCRATCH/m from@a.test c@x.test"; echo wait 2; echo locked; } | remote
  assertTrue 'long before timeoutconnect' "[ $(($(date +%s) - start)) -lt 50 ]"
  assertTrue 'by the other address' "said '^rcpt 1 0 K .*two.test\[::1\]:$port'"
  assertTrue 'and so the next one' "said '^rcpt 2 0 K'"
  assertEquals 'standard files, jobs and the session; nothing of the other attempt' '5 5' \
    "$(sed -n 's/^locked [0-9]* [0-9]* //p' "$SCRATCH/out" | awk '{ print NF }' | xargs)"
}

test_the_first_one_is_preferred() {
  six
  four=$port
  sink "127.83.0.1:$four"
  echo ".test:two.test:$four" > "$home/control/smtproutes"
  one b@x.test
  assertTrue 'the first' "said '^rcpt 1 0 K .*two.test\[127.83.0.1\]:$four'"
}

test_all_fail() {
  echo ".test:three.test:1" > "$home/control/smtproutes"
  one b@x.test
  assertTrue 'each with its reason' "said '^rcpt 1 0 Z 4.4.1 three.test\[127.83.0.[12]\]:1 cannot be connected to: Connection refused; three.test\[::1\]:1: Connection refused; three.test\[127.83.0.[12]\]:1: Connection refused$'"
  assertTrue 'host down' "said '^report 1 5 three.test\[127.83.0.[12]\]:1$'"
}

run_tests
