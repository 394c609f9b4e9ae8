# queue/lib.sh - for the tests that need a running mail-queued: after ../lib.sh
#
#   queue_home             an instance in $home
#   queued_start           mail-queued runs: $queued its process, $qlog its log, $sock its socket
#   queued_stop            TERM, and its exit status
#   submit PIECE...        speaks to it (tests/stub/submit)
#   send_mail [TEXT] [ENVELOPE]      mail-queue with a message and an envelope (printf formats)
#   files DIR              how many files are below queue/DIR
#   as ROLE COMMAND...     runs it as a user of the suite (or as any number)

queue_home() {
  home=$SCRATCH/home sock=$SCRATCH/home/run/queue life=$SCRATCH/life qlog=$SCRATCH/queued.log
  instance "$home" test.example || return 1
  mkfifo "$life"
}

role_uid() { case $1 in [0-9]*) echo "$1" ;; *) awk -v r="$1" '$1 == r { print $2 }' "$home.users" ;; esac; }
role_gid() { case $1 in [0-9]*) echo "$1" ;; *) awk -v r="$1" '$1 == r { print $3 }' "$home.users" ;; esac; }
queue_user() { echo "$(role_uid mailq):$(role_gid mails)"; }

as() { (exec_as "$@"); }
exec_as() {
  who=$1
  shift
  [ $ROOT = yes ] || exec "$@"
  exec setpriv --reuid "$(role_uid "$who")" --regid "$(role_gid "$who")" --clear-groups -- "$@"
}

queued_start() {
  exec 9<>"$life"
  : > "$qlog"
  "$stub/listen" "$sock" "$life" "$(queue_user)" "$home/bin/mail-queued" 2>"$qlog" 9<&- &
  queued=$!
  wait_for 60 grep -q 'ready\|fatal\|unable' "$qlog"
}

queued_stop() {
  kill "$queued" 2>/dev/null
  wait "$queued"
  status=$?
  exec 9<&-
  return $status
}

submit() { "$stub/submit" "$sock" "$@"; }

send_mail() {
  # shellcheck disable=SC2059
  printf "${1-Subject: test\n\nhello\n}" > "$SCRATCH/message"
  # shellcheck disable=SC2059
  printf "${2-Fjoe@test.example\0Tann@test.example\0\0}" > "$SCRATCH/envelope"
  "$home/bin/mail-queue" < "$SCRATCH/message" 1< "$SCRATCH/envelope"
}

# mail-queued's children: workers (lib/io/workers.h)
children() { cat "/proc/$queued/task/$queued/children"; }

files() { find "$home/queue/$1" -type f | wc -l; }
clear_queue() { find "$home/queue/mess" "$home/queue/todo" "$home/queue/tmp" -type f -delete; }
hh() { echo "$1" | cut -c7-8; }
the_file() { find "$home/queue/$1" -type f | head -n 1; }

# mail-queued anew, with one worker that has locked itself in and served nobody: what it calls is the same every time
queued_fresh() {
  queued_stop
  queued_start
  locked() { [ "$(children | wc -w)" = 1 ] && grep -q '^Seccomp_filters:.2' "/proc/$(children | tr -d ' ')/status"; }
  wait_for 60 locked
}

# Traces mail-queued and its workers, with strace's options; trace_end ends it and leaves the lines in $trace.
trace_start() {
  trace=$SCRATCH/trace
  : > "$SCRATCH/strace.log"     # of the trace before, else it would say that this one is attached
  # shellcheck disable=SC2046
  strace -f -y -o "$trace" "$@" -p "$queued" $(printf ' -p %s' $(children)) 2>"$SCRATCH/strace.log" &
  tracer=$!
  traced=$(($(children | wc -w) + 1))
  all_attached() { [ "$(grep -c attached "$SCRATCH/strace.log")" -ge $traced ]; }
  wait_for 60 all_attached
}
trace_end() {
  kill "$tracer" 2>/dev/null
  wait "$tracer" 2>/dev/null
  return 0
}
