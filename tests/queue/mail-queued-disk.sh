#!/bin/sh
# mail-queued on a disk that is full, read-only or broken: temporary failures, and nothing half-queued

. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/queue/lib.sh"

oneTimeSetUp() {
  queue_home && cp -a "$home/queue" "$SCRATCH/queue" || return 1        # as it is installed, for the disks
  queued=
  on_exit 'kill $queued 2>/dev/null; wait $queued; umount "$home/queue" 2>/dev/null'
}

# A small ext4 image becomes the queue. Options go to mkfs.
small_disk() {
  need_root && need mkfs.ext4 e2fsprogs || return 1
  disks=$((${disks:-0} + 1))    # a new file: the loop device of the last one may not be through with it
  truncate -s 8M "$SCRATCH/disk.$disks"
  mkfs.ext4 -q -b 1024 -m 0 "$@" "$SCRATCH/disk.$disks" || return 1
  mount -o loop "$SCRATCH/disk.$disks" "$home/queue" 2>/dev/null || { why="no loop devices"; return 1; }
  cp -a "$SCRATCH/queue/." "$home/queue"
  queued_start
}
end_disk() {
  queued_stop
  wait_for 60 umount "$home/queue"      # workers that rest end a moment later
}

code() { submit "$@" | head -n 1 | cut -d' ' -f1; }

half_queued() {
  assertEquals "$1: as many messages as envelopes" "$(files todo)" "$(files mess)"
  assertEquals "$1: tmp" 0 "$(files tmp)"
}

# sends a message again and again: sets $sent, how many were taken, and $answer, the last one
until_refused() { # TIMES PIECES-OF-A-MESSAGE
  # shellcheck disable=SC2046
  submit @v $(awk -v n="$1" -v m="$2" 'BEGIN { while (n--) printf "%s ", m }') | grep -v eof > "$SCRATCH/answers"
  sent=$(grep -c '^0 ' "$SCRATCH/answers")
  answer=$(tail -n 1 "$SCRATCH/answers")
}

chunks=$(awk 'BEGIN { for (i = 0; i < 12; i++) printf "@n:65536 " }')

test_the_reserve_stops_users_first() {
  small_disk || return 0
  until_refused 12 "@m $chunks @e @R:F,Ta"
  assertEquals "71 4.3.1 the disk of the queue is nearly full" "$answer"
  assertTrue "some were taken" "[ $sent -gt 2 ]"
  half_queued reserve
  # what is left lies between the shares
  free() { stat -f -c %a "$home/queue"; }
  total=$(stat -f -c %b "$home/queue")
  as mailq dd if=/dev/zero of="$home/queue/mess/00/filler" bs=1024 count=$(($(free) - total * 45 / 1000)) 2>/dev/null
  sync -f "$home/queue"
  assertEquals "users" 71 "$(code @v @m @e @r:F,Ta)"
  assertEquals "network" 0 "$(as maild "$stub/submit" "$sock" @v @m @e @r:F,Ta | head -n 1 | cut -d' ' -f1)"
  as mailq dd if=/dev/zero of="$home/queue/mess/00/filler2" bs=1024 count=$(($(free) - total * 25 / 1000)) 2>/dev/null
  sync -f "$home/queue"
  assertEquals "network" 71 "$(as maild "$stub/submit" "$sock" @v @m @e @r:F,Ta | head -n 1 | cut -d' ' -f1)"
  assertEquals "bounces" 0 "$(as mailb "$stub/submit" "$sock" @v @m @e @r:F,Ta | head -n 1 | cut -d' ' -f1)"
  rm "$home/queue/mess/00/filler" "$home/queue/mess/00/filler2"
  clear_queue
  sync -f "$home/queue"
  assertEquals "room again" 0 "$(code @v @m @e @r:F,Ta)"
  end_disk
}

test_a_full_disk() {
  echo 0 > "$home/control/queuereserve"
  small_disk || return 0
  until_refused 12 "@m $chunks @e @R:F,Ta"
  assertEquals "53 4.3.1 the disk of the queue is full" "$answer"
  half_queued full
  until_refused 500 "@m @n:500 @e @R:F,Ta"
  assertEquals "53 4.3.1 the disk of the queue is full" "$answer"
  half_queued "full to the last block"
  # the envelope alone does not fit
  answer=$(python3 -S - "$sock" <<'P'
import socket, struct, sys
r = b"F\0" + b"T%s\0" % (b"a" * 900) * 300
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
s.sendall(b"\1M\0" + struct.pack(">II", 0, len(r)) + r)
print(s.recv(1)[0])
P
)
  assertEquals 53 "$answer"
  half_queued envelope
  send_mail
  assertEquals "mail-queue" 53 $?
  clear_queue
  sync -f "$home/queue"
  assertEquals "room again, and nobody did anything" 0 "$(code @v @m @e @r:F,Ta)"
  end_disk
}

test_no_inodes() {
  echo 0 > "$home/control/queuereserve"
  small_disk -N 1056 || return 0
  until_refused 200 "@m @e @R:F,Ta"
  assertEquals "53 4.3.1 the disk of the queue is full" "$answer"
  half_queued inodes
  end_disk
  rm "$home/control/queuereserve"
  small_disk -N 1200 || return 0
  until_refused 200 "@m @e @R:F,Ta"
  assertEquals "71 4.3.1 the disk of the queue is nearly full" "$answer"
  assertTrue "a reserve stays" "[ $(stat -f -c %d "$home/queue") -ge 30 ]"
  end_disk
}

test_a_read_only_disk() {
  rm -f "$home/control/queuereserve"
  small_disk || return 0
  assertEquals 0 "$(code @v @m @e @r:F,Ta)"
  mount -o remount,ro "$home/queue"
  assertEquals "53 4.3.0 the disk of the queue is read-only" "$(submit @v @m @e @r:F,Ta | head -n 1)"
  mount -o remount,rw "$home/queue"
  assertEquals 0 "$(code @v @m @e @r:F,Ta)"
  half_queued read-only
  end_disk
}

test_a_disk_in_memory_is_warned_of() {
  need_root || return 0
  mount -t tmpfs none "$home/queue" 
  cp -a "$SCRATCH/queue/." "$home/queue"
  queued_start
  grep -q 'warning: the queue is on tmpfs' "$qlog"
  assertTrue "warned" $?
  assertEquals 0 "$(code @v @m @e @r:F,Ta)"
  end_disk
}

traced() { # WHAT CODE STRACE-OPTIONS...
  what=$1 want=$2
  shift 2
  queued_fresh
  trace_start "$@"
  answer=$(submit @v @m @c:body @e @r:F,Ta | head -n 1)
  trace_end
  assertEquals "$what" "$want" "${answer%% *}"
}

test_every_sync_and_rename_counts() {
  need_root && need strace strace || return 0
  queued_start
  clear_queue
  for n in 1 2 3 4; do
    traced "fsync $n" 53 -e trace=fsync -e inject=fsync:error=EIO:when=$n
    assertEquals "fsync $n: tmp" 0 "$(files tmp)"
    assertEquals "fsync $n: todo" 0 "$(files todo)"
  done
  # after a rename whose sync failed the message stays for the sweeper: its envelope could come back
  assertEquals 2 "$(files mess)"
  clear_queue
  for error in EIO ENOSPC EXDEV; do
    traced "rename $error" 53 -e trace=/rename -e inject=/rename:error=$error
  done
  for n in 1 2; do
    for error in EIO ENOSPC EDQUOT; do
      traced "write $n $error" 53 -e trace=write -e inject=write:error=$error:when=$n
    done
  done
  traced "close of the envelope" 53 -e trace=close -e inject=close:error=EIO:when=1
  traced "statfs" 53 -e trace=fstatfs -e inject=fstatfs:error=EIO
  traced "lock" 53 -e trace=flock -e inject=flock:error=EIO
  traced "randomness" 53 -e trace=getrandom -e inject=getrandom:error=EIO
  for n in 1 2 3; do
    traced "open $n" 51 -e trace=/^open -e inject=/^open:error=EMFILE:when=$n
    traced "open $n" 62 -e trace=/^open -e inject=/^open:error=ENOENT:when=$n
  done
  half_queued injected
  assertEquals "all is well again" 0 "$(code @v @m @e @r:F,Ta)"
  queued_stop
}

# mail-send knows of a message while the directories are being synced: it can be gone before that fails.
test_delivered_before_a_sync_fails() {
  need_root && need strace strace || return 0
  queued_start
  clear_queue
  queued_fresh
  # its worker stops there, so that all the time that this takes is between
  trace_start -e trace=fsync -e inject=fsync:error=EIO:signal=STOP:when=3
  submit @v @m @c:body @e @r:F,Ta > "$SCRATCH/answer" &
  submitting=$!
  assertTrue "its sync fails" "wait_for 60 grep -q 'stopped by SIGSTOP' '$trace'"
  assertEquals "placed" 1 "$(files todo)"
  assertTrue "gone" "rm '$(the_file todo)'"
  # shellcheck disable=SC2046
  kill -CONT $(children)
  wait $submitting
  trace_end
  assertEquals "told to come again" 53 "$(cut -d' ' -f1 "$SCRATCH/answer" | head -n 1)"
  assertEquals "nothing to take back" 0 "$(grep -c 'cannot take back' "$qlog")"
  queued_stop
}

# Killed on its way into a system call; whatever stays, the sweep makes whole messages or nothing of it.
test_a_writer_killed_at_any_step() {
  need_root && need strace strace || return 0
  queued_start
  clear_queue
  queued_already=0
  for step in flock:1 write:1 write:2 fsync:1 fsync:2 /rename:1 write:3 fsync:3 fsync:4 sendto:1; do
    queued_fresh
    trace_start -e trace="${step%:*}" -e inject="${step%:*}:signal=KILL:when=${step#*:}"
    answer=$(submit @v @m @c:body @e @r:F,Ta | head -n 1 | cut -d' ' -f1)
    trace_end
    case $step in
      write:3 | fsync:[34] | sendto:1) queued_already=$((queued_already + 1)); assertNotEquals "$step" 0 "$answer" ;;
      *) assertNotEquals "$step" 0 "$answer" ;;
    esac
    assertEquals "$step: queued" $queued_already "$(files todo)"
  done
  assertTrue "orphans" "[ $(files mess) -gt $queued_already ]"
  : > "$SCRATCH/clean.log"
  echo "until 1 sweep done" | "$stub/daemon" "$(queue_user)" 1 "$SCRATCH/clean.log" "$home/bin/mail-clean"
  half_queued swept
  assertEquals $queued_already "$(files todo)"
  for f in "$home"/queue/todo/*/*; do
    m=$home/queue/mess/${f#"$home/queue/todo/"}
    assertEquals body "$(tail -n 1 "$m")"
    assertEquals "L$(stat -c %s "$m")" "$(tr '\0' '\n' < "$f" | grep '^L')"
  done
  queued_stop
}

test_the_order_is_that_of_the_man_page() {
  need_root && need strace strace || return 0
  queued_start
  clear_queue
  queued_fresh
  trace_start -e trace=fsync,fdatasync,/rename,sendto,write
  id=$(submit @v @m @c:body @e @r:F,Ta | sed -n 's/^0 //p')
  trace_end
  steps=$(sed -n -e "s|.*fsync([0-9]*<[^>]*/mess/[0-9a-f]*/$id>) *= 0|message|p" \
    -e "s|.*fsync([0-9]*<[^>]*/tmp/$id>) *= 0|envelope|p" \
    -e "s|.*rename.*tmp/$id.*= 0|rename|p" \
    -e "s|.*fsync([0-9]*<[^>]*/mess/[0-9a-f]*>) *= 0|mess/|p" \
    -e "s|.*fsync([0-9]*<[^>]*/todo/[0-9a-f]*>) *= 0|todo/|p" \
    -e "s|.*sendto(.*$id.*|answer|p" \
    -e "s|.*write([0-9]*<[^>]*/lock/trigger>, \"$id.*|trigger|p" "$trace" | xargs)
  queued_stop
  assertEquals "message envelope rename trigger mess/ todo/ answer" "$steps"
  assertEquals "no sync but these" 4 "$(grep -c 'fsync(\|fdatasync(' "$trace")"
}

run_tests
