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
    python3 -S "$stub/full.py" "$S" 127.83.0.1 "$port" & on_exit "kill $!"
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

test_one_version_alone() {
  printf '%s\n' 'four.test A 127.83.0.1' >> "$zone"
  six
  four=$port
  sink "127.83.0.1:$four"
  for route in ".test:two.test:$four 4 127.83.0.1" ".test:two.test:$four 6 ::1" ".test:[::1]:$four 4 ::1"; do
    # shellcheck disable=SC2086
    set -- $route
    echo "$1" > "$home/control/smtproutes"
    echo ":$2" > "$home/control/ipversion"
    one b@x.test
    assertTrue "$route" "said '^rcpt 1 0 K .*\[$3\]:$four'"
  done
  printf '%s\n' :6 y.test:4 x.test: > "$home/control/ipversion"
  echo ".test:four.test:$four" > "$home/control/smtproutes"
  one b@x.test
  assertTrue 'an exception' "said '^rcpt 1 0 K .*\[127.83.0.1\]'"
  echo ':6' > "$home/control/ipversion"
  one b@x.test
  assertTrue 'no such address' "said '^rcpt 1 0 Z 4.4.4 x.test has no address that control/ipversion allows$'"
  assertTrue 'which is for the log' "said '^told 1 0 4.4.4 x.test has no address for this host$'"
  printf '%s\n' 'x.test MX 10 mx.test' 'mx.test AAAA 2001:db8::1' >> "$zone"
  rm "$home/control/smtproutes"
  echo ':4' > "$home/control/ipversion"
  one b@x.test
  assertTrue 'of MX hosts' "said '^rcpt 1 0 Z 4.4.4 x.test has no address that control/ipversion allows$'"
  echo 'x.test:5' > "$home/control/ipversion"
  echo exit | remote
  assertTrue 'a version that is none' "said 'control/ipversion must be domain:4 or domain:6; this is not: x.test:5$'"
  rm "$home/control/ipversion"
}

run_tests
