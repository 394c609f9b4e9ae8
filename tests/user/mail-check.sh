# mail-check.sh - what monitoring systems are told: thresholds, services, the disk, what cannot be seen

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
file=$SCRATCH/numbers

oneTimeSetUp() {
  instance "$home" check.example || exit 1
  echo 0 > "$home/control/queuereserve"
  numbers 10 2
}
numbers() { # WAITING HELD
  for s in new due underway damaged done; do echo "bulkhead_queue_messages{state=\"$s\"} 0"; done > "$file"
  printf 'bulkhead_queue_messages{state="%s"} %s\n' waiting "$1" held "$2" >> "$file"
  printf 'bulkhead_queue_oldest_seconds{state="%s"} %s\n' waiting 7300 held 99999 >> "$file"
}
# its exit and line, as a user without rights
check() { # EXIT WORDS ARGUMENT...
  want=$1 words=$2
  shift 2
  as_nobody "$home/bin/mail-check" -f "$file" "$@" > "$SCRATCH/out"
  assertEquals "$*: $(cat "$SCRATCH/out")" "$want" $?
  assertContains "$*" "$(cat "$SCRATCH/out")" "$words"
  assertEquals "$*: lines" 1 "$(wc -l < "$SCRATCH/out")"
}
as_nobody() {
  if [ $ROOT = yes ]; then setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; else "$@"; fi
}

test_thresholds() {
  check 0 'MAIL OK: ' -s ''
  check 0 'queue 12, oldest 7300 s, deferred 83%, held 2, free ' -s ''
  check 0 'queue=12;20;30;0 oldest=7300s;;;0 deferred=83%;;;0 held=2;;;0 free=' -s '' -w 20 -c 30
  check 1 'MAIL WARNING: queue 12, ' -s '' -w 11 -c 12
  check 2 'MAIL CRITICAL: queue 12, ' -s '' -w 1 -c queue=11
  check 0 'MAIL OK' -s '' -w oldest=3h
  check 1 'MAIL WARNING: oldest 7300 s, ' -s '' -w oldest=2h
  check 2 'MAIL CRITICAL: oldest 7300 s, deferred 83%, ' -s '' -c oldest=7299 -w deferred=80
  check 1 'MAIL WARNING: held 2, ' -s '' -w held=1
}

test_the_file() {
  touch -d '100 seconds ago' "$file"
  check 1 'MAIL WARNING: age 1' -s ''
  touch -d '400 seconds ago' "$file"
  check 2 'MAIL CRITICAL: age 4' -s ''
  check 0 'MAIL OK' -s '' -w age=1d -c age=2d
  touch -d '1 day' "$file"
  check 2 'is of the future' -s ''
  head -c 100 /dev/urandom > "$file"
  check 3 'MAIL UNKNOWN: mail-send has not told of the queue yet' -s ''
  rm "$file"
  check 3 "MAIL UNKNOWN: there is no file of numbers, does mail-metrics run? $file" -s ''
  numbers 10 2
}

# mail-metrics renames a new one into its place; here as fast as it can be done
test_the_file_is_replaced_meanwhile() {
  python3 -S -c 'import os, sys
s = open(sys.argv[1]).read()
while os.getppid() != 1:
    with open(sys.argv[1] + ".new", "w") as f: f.write(s)
    os.rename(sys.argv[1] + ".new", sys.argv[1])' "$file" &
  renamer=$!
  i=0
  while [ $((i += 1)) -le 20 ]; do check 0 'MAIL OK: ' -s ''; done
  kill $renamer
  wait $renamer
  numbers 10 2
}

# Among processes of its own: other tests may have services of the same users.
test_services() {
  need_root && need unshare util-linux || return 0
  check 3 'no such service (queue, send, listen, tls, metrics): x?y, ' -s "x$(printf '\033')y"
  echo "$file $home $SCRATCH" > "$SCRATCH/args"
  cat > "$SCRATCH/services" <<'EOF'
read -r file home scratch < "$1"
asks() { setpriv --reuid 65534 --regid 65534 --clear-groups "$home/bin/mail-check" -f "$file" "$@"; echo $?; }
asks
"$home/bin/mail-start" queue > "$scratch/queue.log" 2>&1 < /dev/null &
n=0
until grep -q ready "$scratch/queue.log" || [ $((n += 1)) -gt 600 ]; do sleep 0.1; done
asks -s queue
asks -s queue,send
EOF
  unshare --pid --fork --mount-proc sh "$SCRATCH/services" "$SCRATCH/args" > "$SCRATCH/out"
  sed -i 's/, age.*//; s/: age.*//' "$SCRATCH/out"
  assertEquals "MAIL CRITICAL: does not run: queue, does not run: send
2
MAIL OK
0
MAIL CRITICAL: does not run: send
2" "$(cat "$SCRATCH/out")"
}

test_the_disk() {
  echo 100 > "$home/control/queuereserve"
  as_nobody "$home/bin/mail-check" -f "$file" -s '' > "$SCRATCH/out"
  assertContains "$(cat "$SCRATCH/out")" 'free'
  [ "$(df -B1048576 --output=avail "$home" | tail -n 1)" -lt 1024 ] && check 2 'the disk of the queue is nearly full' -s ''
  echo 0 > "$home/control/queuereserve"
}

# a disk of its own, of which a tenth is kept: 100 inodes
test_a_disk_without_inodes() {
  need_root || return 0
  numbers 10 2
  echo 10 > "$home/control/queuereserve"
  cat > "$SCRATCH/inodes" <<'EOF'
mount -t tmpfs -o nr_inodes=1000,size=100m,mode=755 queue "$2/queue" || exit
asks() { setpriv --reuid 65534 --regid 65534 --clear-groups "$2/bin/mail-check" -f "$1" -s ''; echo $?; }
asks "$@"
seq 850 | (cd "$2/queue" && xargs touch)
asks "$@"
seq 851 950 | (cd "$2/queue" && xargs touch)
asks "$@"
EOF
  unshare --mount sh "$SCRATCH/inodes" "$file" "$home" > "$SCRATCH/out"
  echo 0 > "$home/control/queuereserve"
  sed -i 's/ | .*//; s/inodes [0-9]*/inodes N/; s/age [^,]*, //; s/queue [0-9].*, free/free/; s/free [0-9]*/free N/' "$SCRATCH/out"
  assertEquals "MAIL OK: free N MB, inodes N
0
MAIL WARNING: inodes N, free N MB
1
MAIL CRITICAL: inodes N, the disk of the queue has nearly no inodes left: no mail is taken, free N MB
2" "$(cat "$SCRATCH/out")"
}

test_modes() {
  need_root || return 0
  (umask 077; echo check.example > "$home/control/locals")
  check 2 'MAIL CRITICAL: mode 0600 keeps mail-send ' -s ''
  check 2 ' out; chmod a+r control/locals, age ' -s ''
  rm "$home/control/locals"
  check 0 'MAIL OK: ' -s ''
}

test_settings() {
  echo 'example.org joe' > "$home/control/virtualdomains"
  check 2 'MAIL CRITICAL: wrong, so that programs wait (mail-showctl): control/virtualdomains, age ' -s ''
  echo many > "$home/control/concurrencylocal"
  check 2 'counts: control/concurrencylocal, wrong, so that programs wait (mail-showctl): control/virtualdomains, age ' -s ''
  rm "$home/control/virtualdomains"
  check 1 'MAIL WARNING: wrong, so that its default counts: control/concurrencylocal, age ' -s ''
  rm "$home/control/concurrencylocal"
  check 0 'MAIL OK: ' -s ''
}

test_wrong_use() {
  check 3 'MAIL UNKNOWN: no such item' -w x=1
  check 3 'MAIL UNKNOWN: not a number: queue=1x' -w queue=1x
  check 3 'MAIL UNKNOWN: not a number: -1' -c -1
  check 3 'MAIL UNKNOWN: not a number: queue=?[2J?1' -w "queue=$(printf '\033[2J\377')1"
  check 3 'MAIL UNKNOWN: usage: mail-check' x
  as_nobody "$home/bin/mail-check" -f "$file" -s '' > /dev/full
  assertEquals "no place for the line" 3 $?
}

run_tests
