# mail-metrics.sh - numbers of a live instance, in the format of Prometheus; hostile logs, a file that cannot be written

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
file=$home/run/metrics/bulkhead.prom

oneTimeSetUp() {
  instance "$home" metrics.example || exit 1
  mailbox "$home" ann 61391
  echo "gone.example:127.0.0.1:$(free_port 2790)" > "$home/control/smtproutes"
  "$home/bin/mail-newu" || exit 1
  for group in queue send; do
    "$home/bin/mail-start" $group >> "$home/log/$group/current" 2>&1 < /dev/null &
    on_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
  done
  metrics_pid=
  on_exit "kill \$metrics_pid 2>/dev/null"
}
start() {
  "$home/bin/mail-metrics" -i 1 2>> "$SCRATCH/metrics.log" &
  metrics_pid=$!
}
has() { grep -qxF "$1" "$file"; }
is_sound() {
  # shellcheck disable=SC2046
  PYTHONPATH=$(for p in prometheus-client decorator; do
    unpack python3-$p && printf '%s:' "$UNPACKED/usr/lib/python3/dist-packages"
  done) /usr/bin/python3 "$stub/prometheus.py" "$file" 2>&1
}

test_a_live_instance() {
  need_root || return 0
  start
  wait_for 60 test -s "$file" || { fail "no file: $(cat "$SCRATCH/metrics.log")"; return; }
  assertEquals "mode" "644 $(awk '$1 == "maill" { print $2 }' "$home.users")" "$(stat -c '%a %u' "$file")"
  for to in ann@metrics.example x@gone.example; do
    printf 'Subject: x\n\nx\n' | "$home/bin/mail-inject" -fann@metrics.example $to || fail "not sent: $to"
  done
  for line in 'bulkhead_messages_queued_total{origin="user"} 2' \
      'bulkhead_deliveries_total{result="delivered",transport="local"} 1' 'bulkhead_messages_ended_total 1' \
      'bulkhead_delay_seconds_count 1' 'bulkhead_deferrals_total{domain="gone.example"} 1' \
      'bulkhead_queue_messages{state="waiting"} 1' 'bulkhead_queue_messages{state="new"} 0'; do
    wait_for 60 has "$line" || fail "no line $line: $(cat "$file")"
  done
  assertContains "the format" "$(is_sound)" sound
}

test_hostile_lines() {
  need_root || return 0
  {
    head -c 20000 /dev/urandom
    head -c 20000 /dev/zero | tr '\0' x
    printf '\nmail-send: deferred id=1 from=a to=b@"} 1\\x0a{\\ relay=x delay=1.000 reply=no\n'
    printf 'mail-send: deferred id=1 from=a to=b@\033[2J relay=x delay=1.000 reply=no\nmail-send: deferred id'
  } >> "$home/log/smtpd/current"
  wait_for 60 has 'bulkhead_deferrals_total{domain="\"}"} 1' || fail "$(cat "$file")"
  assertContains "the format" "$(is_sound)" sound
}

test_a_file_that_cannot_be_written() {
  need_root || return 0
  chmod 0555 "$home/run/metrics"
  wait_for 60 grep -q "warning: cannot write $file" "$SCRATCH/metrics.log" || fail "is not told: $(cat "$SCRATCH/metrics.log")"
  assertTrue "the old one stays" "[ -s $file ]"
  chmod 0755 "$home/run/metrics"
  rm "$file"
  wait_for 60 test -s "$file"
  assertFalse "failures are counted" "has 'bulkhead_metrics_write_failures_total 0'"
  assertEquals "told once" 1 "$(grep -c "cannot write" "$SCRATCH/metrics.log")"
}

test_it_ends_and_begins_from_nothing() {
  need_root || return 0
  kill $metrics_pid
  wait $metrics_pid
  assertEquals "by TERM" 0 $?
  rm "$file"
  start
  wait_for 60 has 'bulkhead_messages_ended_total 0' || fail "$(cat "$file")"
  assertTrue "the queue's numbers are there at once" "has 'bulkhead_queue_messages{state=\"waiting\"} 1'"
}

test_standard_input() {
  printf '%s\n' 'mail-send: end id=1 delay=1.000' 'mail-send: end id=2 delay=1.000' |
    setpriv --reuid "$(id -u)" "$home/bin/mail-metrics" -o "$file" - || fail "exit $?"
  assertTrue "counted" "has 'bulkhead_messages_ended_total 2'"
  printf '%s\n' 'mail-send: end id=1 delay=1.000' 'mail-send: queue new=0 due=3,1764240000' 'mail-send: end id=2' \
    > "$SCRATCH/past"
  printf '%s\n' 'mail-send: end id=3 delay=1.000' |
    setpriv --reuid "$(id -u)" "$home/bin/mail-metrics" -b "$SCRATCH/past" -o "$file" - || fail "exit $?"
  assertTrue "what was before is not counted" "has 'bulkhead_messages_ended_total 1'"
  assertTrue "but tells how the queue stands" "has 'bulkhead_queue_messages{state=\"due\"} 3'"
}

test_wrong_use() {
  "$home/bin/mail-metrics" -i 0 2> "$SCRATCH/err"
  assertEquals "-i 0" 100 $?
  "$home/bin/mail-metrics" -b "$SCRATCH/none" - 2> "$SCRATCH/err" < /dev/null
  assertEquals "nothing before" 111 $?
  assertContains "says so" "$(cat "$SCRATCH/err")" "cannot read $SCRATCH/none"
  "$home/bin/mail-metrics" "$SCRATCH/none" 2> "$SCRATCH/err"
  assertEquals "no such logs" 111 $?
  assertContains "says so" "$(cat "$SCRATCH/err")" "cannot read the logs in $SCRATCH/none"
}

run_tests
