#!/bin/sh
# mail-clean - requests of mail-send, and the sweep

. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/queue/lib.sh"

oneTimeSetUp() { queue_home && log=$SCRATCH/clean.log; }

# Commands on standard input. The sweep of its start finds the last file that it can find, and says then that it is done.
clean() {
  : > "$log"
  orphan $last
  "$stub/daemon" "$(queue_user)" 1 "$log" "$home/bin/mail-clean"
}

# Until that sweep is through; it could remove what a test asks for.
swept_first='until 1 sweep done\n'
# And until the one after it is.
swept_again() { printf 'sh %s\nsignal ALRM\nuntil 2 sweep done\n' "$(an_orphan "$last")"; }
# What makes one that is mailq's, whoever runs it.
an_orphan() { echo "touch $home/queue/mess/$(hh "$1")/$1 && chown $(queue_user) $home/queue/mess/$(hh "$1")/$1"; }

# a message with its envelope, by its ID
message() {
  for d in mess todo; do as mailq sh -c "umask 027; echo text > '$home/queue/$d/$(hh "$1")/$1'"; done
}
there() { [ -e "$home/queue/$1/$(hh "$2")/$2" ] && echo yes || echo no; }

last=0660bdff00000000ffffffffff a=0660bd1000000000aaaaaaaaaa b=0660bd1000000000bbbbbbbbbb c=0660bd2000000000cccccccccc

test_a_done_message_is_removed() {
  message $a; message $a-1
  start=$(date +%s%N)
  assertEquals "G $a" "$(printf 'please %s\nanswer\n' $a | clean)"
  assertTrue "within a second, and the start of processes on a busy machine" "[ $(($(date +%s%N) - start)) -lt 15000000000 ]"
  assertEquals "no no" "$(there todo $a) $(there mess $a)"
  assertEquals "yes yes" "$(there todo $a-1) $(there mess $a-1)"
  clear_queue
}

test_the_envelope_goes_at_once_and_the_message_later() {
  message $a
  out=$(printf "${swept_first}"'please %s\ngone %s %s\nanswer\n' $a \
    "$home/queue/todo/10/$a" "$home/queue/mess/10/$a" | clean)
  assertEquals "gone, there G $a" "$(echo "$out" | xargs)"
}

test_a_repeated_request_is_answered_again() {
  message $a
  out=$(printf 'please %s\nanswer\nplease %s\nanswer\n' $a $a | clean | xargs)
  assertEquals "G $a G $a" "$out"
}

# mail-bounce names an ID again when it has not heard that it is queued, and meanwhile that one can be done already.
test_a_bounce_that_is_queued_anew_meanwhile_stays() {
  message $a-1
  new=$SCRATCH/new      # who queues it holds a lock; here the envelope is there whenever the new message is
  cat > "$new" <<EOF
: > "$home/queue/todo/10/$a-1"
rm -f "$home/queue/mess/10/$a-1"
echo anew > "$home/queue/mess/10/$a-1"
EOF
  out=$(printf "${swept_first}"'please %s\nsh sh %s\nanswer\n' $a-1 "$new" | clean)
  assertEquals "G $a-1" "$(echo "$out" | xargs)"
  assertEquals "yes yes" "$(there todo $a-1) $(there mess $a-1)"
  clear_queue
}

test_a_bounce_that_is_being_queued_anew_stays() {
  message $a-1
  exec 8< "$home/queue/mess/10/$a-1"
  flock 8
  out=$(printf "${swept_first}"'please %s\nanswer\n' $a-1 | clean 8<&-)
  assertEquals "G $a-1" "$(echo "$out" | xargs)"
  assertEquals "no yes" "$(there todo $a-1) $(there mess $a-1)"
  exec 8<&-
  clear_queue
}

test_one_sync_serves_many() {
  need_root && need strace strace || return 0
  for i in 1 2 3 4 5 6 7 8; do message $a-$i; done
  message $c
  { printf "$swept_first"
    echo "strace $SCRATCH/trace -e trace=fsync,unlink,unlinkat"
    for i in 1 2 3 4 5 6 7 8; do echo "please $a-$i"; done
    echo "please $c"
    for i in 1 2 3 4 5 6 7 8 9; do echo answer; done
    echo close 3
    echo exit; } | clean > "$SCRATCH/out"
  assertEquals 9 "$(grep -c '^G ' "$SCRATCH/out")"
  assertEquals "one for each directory" 2 "$(grep -c '^fsync(.*todo' "$SCRATCH/trace")"
  order=$(sed -n -e 's|.*unlink.*todo/10.*= 0|envelope|p' -e 's|^fsync([0-9]*<.*/todo/10>).*|sync|p' \
    -e "s|.*unlinkat.*\"$a-[0-9]\".*= 0|message|p" "$SCRATCH/trace" | uniq | xargs)
  assertEquals "envelope sync message" "$order"
}

test_a_failed_sync_keeps_the_message() {
  need_root && need strace strace || return 0
  message $a; message $b
  out=$(printf "$swept_first"'strace /dev/null -e trace=fsync -e inject=fsync:error=EIO:when=1\nplease %s\nplease %s\nanswer\nanswer\n' \
    $a $b | clean | xargs)
  assertEquals "E $a E $b" "$out"
  assertEquals "yes yes" "$(there mess $a) $(there mess $b)"
  grep -q 'unable to sync queue/todo/10' "$log"
  assertTrue "logged" $?
  assertEquals "asked again it works" "G $a" "$(printf 'please %s\nanswer\n' $a | clean)"
  clear_queue
}

test_a_failed_sync_of_the_sweep_keeps_orphans() {
  need_root && need strace strace || return 0
  printf "$swept_first"'strace /dev/null -e trace=fsync -e inject=fsync:error=EIO\nsh %s\nsignal ALRM\nuntil 1 unable to sweep\n' \
    "$(an_orphan $a)" | clean
  assertEquals yes "$(there mess $a)"
  grep -q "unable to sweep queue/mess/10: " "$log"
  assertTrue "logged" $?
  clear_queue
}

test_an_envelope_that_cannot_go() {
  need_root || return 0
  mkdir "$home/queue/todo/10/$a"
  as mailq touch "$home/queue/mess/10/$a"
  assertEquals "E $a" "$(printf 'please %s\nanswer\n' $a | clean)"
  assertEquals yes "$(there mess $a)"
  rmdir "$home/queue/todo/10/$a"
  clear_queue
}

test_more_requests_than_a_batch() {
  i=0
  while [ $i -lt 300 ]; do i=$((i + 1)); echo "please $b-$i"; done > "$SCRATCH/asks"
  message $b-1; message $b-300
  { cat "$SCRATCH/asks"; i=0; while [ $i -lt 300 ]; do i=$((i + 1)); echo answer; done; } | clean > "$SCRATCH/out"
  assertEquals 300 "$(grep -c '^G ' "$SCRATCH/out")"
  assertEquals "no no" "$(there mess $b-1) $(there mess $b-300)"
}

test_requests_that_are_none() {
  message $a
  out=$(printf 'raw 3 00\nraw 3 0150\nraw 3 0250000000\nraw 3 01500000000578782f2e2e\nplease ../../x\nplease %s\nanswer\n' $a | clean)
  assertEquals "G $a" "$out"
  assertEquals 5 "$(grep -c 'a request of mail-send is none' "$log")"
}

test_ends() {
  message $a
  assertEquals "mail-send gone: exit 0" "mail-send gone: exit 0 no" \
    "mail-send gone: $(printf 'please %s\nclose 3\nexit\n' $a | clean) $(there mess $a)"
  message $a
  taken="sh while [ -e $home/queue/todo/10/$a ]; do sleep 0.01; done"
  assertEquals "exit 0 no" "$(printf 'please %s\n%s\nlife\nexit\n' $a "$taken" | clean) $(there mess $a)"
  message $a
  assertEquals "exit 0 no" "$(printf 'please %s\n%s\nsignal TERM\nexit\n' $a "$taken" | clean) $(there mess $a)"
}

test_what_is_being_removed_is_no_orphan() {
  message $a; message $a-1; message $c
  # the sweep of its start meets them in the 800 ms until their sync
  out=$(printf 'please %s\nplease %s\nplease %s\nanswer\nanswer\nanswer\n' $a $a-1 $c | clean | sort | xargs)
  assertEquals "G $a G $a-1 G $c" "$out"
  assertEquals "swept" "" "$(grep swept "$log" | grep -v "$last")"
  clear_queue
}

orphan() { as mailq sh -c "umask 077; echo torn > '$home/queue/mess/$(hh "$1")/$1'"; }
swept() { printf "$swept_first" | clean; }

test_orphans_are_swept() {
  orphan $a; orphan $c; orphan $a-1
  as mailq sh -c "echo torn > '$home/queue/tmp/$a'; echo torn > '$home/queue/tmp/$b'"
  message $b
  swept
  assertEquals "no no no" "$(there mess $a) $(there mess $c) $(there mess $a-1)"
  assertEquals "yes yes" "$(there mess $b) $(there todo $b)"
  assertEquals 0 "$(files tmp)"
  grep -q 'sweep done, removed 6' "$log"
  assertTrue "logged" $?
  clear_queue
}

test_many_orphans_in_one_directory() {
  as mailq sh -c "cd '$home/queue/mess/10' && for i in \$(seq 1 150); do : > $a-\$i; done"
  swept
  assertEquals 0 "$(files mess)"
}

test_a_living_writers_files_stay() {
  need_root || return 0
  orphan $a
  as mailq sh -c "echo torn > '$home/queue/tmp/$a'"
  exec 8< "$home/queue/mess/10/$a"
  flock 8
  swept 8<&-
  assertEquals yes "$(there mess $a)"
  assertEquals 1 "$(files tmp)"
  exec 8<&-
  swept
  assertEquals "no 0" "$(there mess $a) $(files tmp)"
}

# not an hour later
test_what_the_sweep_could_not_open_is_swept_soon() {
  need_root && need strace strace || return 0
  f=$home/queue/tmp/$a
  printf "$swept_first"'sh touch %s\nstrace /dev/null -e trace=open,openat -e inject=open,openat:error=ENFILE:when=1\n' "$f" > "$SCRATCH/in"
  printf 'signal ALRM\nsh n=0; while [ -e %s ] && [ $n -lt 600 ]; do n=$((n + 1)); sleep 0.1; done\n' "$f" >> "$SCRATCH/in"
  clean < "$SCRATCH/in"
  assertFalse "swept: $(cat "$log")" "[ -e $f ]"
  assertTrue "grep -q 'unable to sweep queue/tmp' $log"
  rm -f "$f"
}

test_no_memory_to_wait_is_no_end() {
  need_root && need strace strace || return 0
  message $a
  out=$(printf 'strace /dev/null -e trace=ppoll -e inject=ppoll:error=ENOMEM:when=1..3\nplease %s\nanswer\n' $a | clean)
  assertEquals "$(cat "$log")" "G $a" "$out"
  clear_queue
}

test_alarm_sweeps_again() {
  printf "$swept_first"'sh %s\nsignal ALRM\nuntil 2 sweep done\n' "$(an_orphan $a)" | clean
  assertEquals no "$(there mess $a)"
}

test_an_envelope_without_a_message_is_kept_and_told() {
  as mailq sh -c "echo text > '$home/queue/todo/10/$a'"
  swept
  assertEquals yes "$(there todo $a)"
  grep -q "alert: queue/todo/10/$a has no message" "$log"
  assertTrue "logged" $?
  clear_queue
}

test_strange_names_are_left_and_told_once() {
  as mailq sh -c "cd '$home/queue' && : > mess/10/README && : > tmp/notes && : > todo/11/$a && : > mess/11/$a && : > mess/10/core.1"
  { printf "$swept_first"; swept_again; } | clean
  for f in mess/10/README mess/10/core.1 tmp/notes todo/11/$a mess/11/$a; do
    assertTrue "$f" "[ -e $home/queue/$f ]"
    assertEquals "$f" 1 "$(grep -c "queue/$f .*left alone" "$log")"
  done
  clear_queue
}

test_requests_are_answered_while_sweeping() {
  message $a
  assertEquals "G $a" "$(printf 'please %s\nanswer\n' $a | clean)"
}

test_a_killed_writers_orphan_is_swept_and_a_living_ones_not() {
  need_root || return 0
  clear_queue
  queued_start
  "$stub/submit" "$sock" @v @m @c:dead @sleep:600 >/dev/null & dead=$!
  one() { [ "$(files mess)" = 1 ]; }
  wait_for 60 one
  # shellcheck disable=SC2046
  child=$(for c in $(children); do ls -l "/proc/$c/fd" | grep -q queue/mess/ && echo "$c"; done)
  submit @v @m @c:alive "@until:$SCRATCH/over" @e @r:F,Ta > "$SCRATCH/alive" & alive=$!
  two() { [ "$(files mess)" = 2 ]; }
  wait_for 60 two
  kill -9 "$child"
  wait_for 60 grep -q 'died of signal 9' "$qlog"
  swept
  assertEquals "one of two" 1 "$(files mess)"
  : > "$SCRATCH/over"
  wait $alive
  kill $dead 2>/dev/null
  wait $dead 2>/dev/null
  assertEquals 1 "$(files todo)"
  assertEquals 1 "$(grep -c '^0 ' "$SCRATCH/alive")"
  assertEquals alive "$(tail -n 1 "$(the_file mess)")"
  queued_stop
}

run_tests
