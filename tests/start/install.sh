# install.sh - install is idempotent over a live instance, uninstall leaves mail and settings, both say what is wrong
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home

# users that no other file has: it looks whether they run anything
oneTimeSetUp() { instance "$home" install.example 63000 > /dev/null || exit 1; }
again() { make -s HOMEDIR="$home" USERS="$home.users" "$1" > "$SCRATCH/out" 2>&1; }
uid() { awk -v r="$1" '$1 == r { print $2 }' "$home.users"; }
programs() { awk -v tls="$1" '$1 == "program" && (tls == "" || ($7 == "openssl") == (tls == "tls")) { print $2 }' src/rooms; }
tree() { find "$home" ! -type p ! -path '*/bin/*' ! -path '*/man/*' -printf '%P %M %U %G\n' | sort; }

test_programs_and_pages_are_there() {
  for p in $(programs other); do assertTrue "$p" "[ -x $home/bin/$p ]"; done
  need_tls || return 0
  for p in $(programs tls); do assertTrue "$p" "[ -x $home/bin/$p ]"; done
}

# the cryptographic library is where the table says, and nowhere else
test_who_is_linked_with_openssl() {
  for p in $(programs other); do
    assertFalse "$p" "ldd $home/bin/$p 2>&1 | grep -E 'lib(ssl|crypto|crypt)\.so'"
  done
  need_tls || return 0
  for p in $(programs tls); do assertTrue "$p" "ldd $home/bin/$p | grep -q 'libcrypto\.so'"; done
}

# of the programs that people call
test_what_they_say_of_themselves() {
  for p in $(awk '$1 == "program" && $9 ~ /anybody|administrator/ { print $2 }' src/rooms | grep -vx 'mail-queue\|mail-qmqpc') \
    mail-start mail-local; do
    [ -e "$home/bin/$p" ] || continue           # a build without TLS
    assertEquals "$p" "Bulkhead $(cat VERSION) in $home" "$("$home/bin/$p" --version < /dev/null 2>&1)"
    "$home/bin/$p" --help < /dev/null > "$SCRATCH/out" 2>&1
    assertEquals "$p" 0 $?
    assertTrue "$p: $(cat "$SCRATCH/out")" "grep -q '^usage: $p' $SCRATCH/out && grep -qx 'The page: man -M $home/man $p' $SCRATCH/out"
    [ ! -c /dev/full ] || assertFalse "$p says what nobody gets" "$home/bin/$p --version > /dev/full 2>&1"
  done
}

# as man(1) wants them: man -M HOME/man, or HOME/man in MANPATH
test_pages_are_where_man_looks() {
  : > "$home/man/mail.7"
  again install
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  assertFalse "where they lay before" "[ -e $home/man/mail.7 ]"
  for page in man/*.[1578]; do
    assertTrue "$page" "cmp -s $page $home/man/man${page##*.}/$(basename "$page")"
  done
  assertTrue "and other texts" "cmp -s CHANGES $home/share/CHANGES && [ -s $home/share/bulkhead.bash ]"
  need mandoc mandoc || return 0
  assertTrue "man finds one" "mman -M $home/man -w -s 8 mail-send | grep -qx $home/man/man8/mail-send.8"
}

test_what_the_table_calls_static_is_static() {
  [ "${MUSL:-}" != no ] && [ -s build/musl/skalibs/lib/libskarnet.a ] || { why="no musl build here"; return 0; }
  for p in $(awk '$1 == "program" && $7 == "static" { print $2 }' src/rooms); do
    assertFalse "$p" "ldd $home/bin/$p 2>&1 | grep -q libc.so"
  done
  assertTrue "mail-lookup has the name service" "ldd $home/bin/mail-lookup | grep -q libc.so"
}

a_message() {
  echo mail > "$home/queue/mess/00/00000000000000000000000000"
  [ $ROOT = no ] || chown "$(uid mailq):$(uid mails)" "$home/queue/mess/00/00000000000000000000000000"
}

test_a_second_install_changes_nothing_but_programs() {
  echo 7 > "$home/control/concurrencylocal"
  echo 2525 > "$home/service/smtpd/env/PORT"
  echo '&me@elsewhere.example' > "$home/alias/.qmail-postmaster"
  a_message
  echo "=x:y:1:1:/::" > "$home/users/assign"
  chmod 0775 "$home/control"            # who may change settings
  [ $ROOT = no ] || chgrp 60999 "$home/control"
  tree > "$SCRATCH/before"
  sums() { find "$home" -type f ! -path '*/bin/*' ! -path '*/man/*' -exec cksum {} + | sort; }
  sums > "$SCRATCH/sums.before"
  again install
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  tree > "$SCRATCH/after"
  sums > "$SCRATCH/sums.after"
  assertTrue "owners and modes stay" "diff $SCRATCH/before $SCRATCH/after"
  assertTrue "contents stay" "diff $SCRATCH/sums.before $SCRATCH/sums.after"
}

# A room that is broken into puts a link in the place of its folder, whenever it is named to a program.
test_install_follows_no_link_of_a_room() {
  need_root || return 0
  mkdir "$SCRATCH/evil" "$SCRATCH/victim"
  chmod 0755 "$SCRATCH/evil" "$SCRATCH/victim"
  mess=$home/queue/mess
  cat > "$SCRATCH/evil/mkdir" <<EOF
#!/bin/sh
case "\$*" in
  *$mess/0*|*$mess*-type*) [ -L $mess/07 ] || { mv $mess/07 $mess/old && ln -s $SCRATCH/victim $mess/07; } ;;
esac
PATH=/usr/sbin:/usr/bin:/sbin:/bin exec \${0##*/} "\$@"
EOF
  chmod 0755 "$SCRATCH/evil/mkdir"
  for p in chmod chown find; do cp "$SCRATCH/evil/mkdir" "$SCRATCH/evil/$p"; done
  for missing in "" "$mess/08"; do
    [ -z "$missing" ] || rmdir "$missing"
    (PATH="$SCRATCH/evil:$PATH"; again install)
    assertTrue "it was put there" "[ -L $mess/07 ]"
    assertEquals "755 0" "$(stat -c '%a %u' "$SCRATCH/victim")"
    rm "$mess/07"
    mv "$mess/old" "$mess/07"
  done
  again install
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  assertEquals "$(uid mailq) 700" "$(stat -c '%u %a' "$mess/08")"
  chmod 0755 "$mess/07"
  again install
  assertEquals "a mode is mended" 700 "$(stat -c %a "$mess/07")"
}

# a running program is replaced by rename: it goes on, and what starts next is new
test_install_over_a_running_program() {
  mkfifo "$SCRATCH/in"
  "$home/bin/mail-inject" -n a@b.example < "$SCRATCH/in" > "$SCRATCH/out2" & pid=$!
  exec 7> "$SCRATCH/in"
  before=$(stat -c %i "$home/bin/mail-inject")
  "$home/bin/mail-start" queue > "$SCRATCH/queue.log" 2>&1 & queue=$!
  on_exit "kill $queue 2>/dev/null"
  wait_for 60 grep -q ready "$SCRATCH/queue.log"
  again install
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  assertNotEquals "$before" "$(stat -c %i "$home/bin/mail-inject")"
  assertContains "which service is old" "$(cat "$SCRATCH/out")" "until you restart them: queue"
  kill $queue
  wait $queue
  printf 'Subject: x\n\nbody\n' >&7
  exec 7>&-
  wait $pid
  assertEquals "the running one ends well" 0 $?
  assertTrue "grep -q '^body' $SCRATCH/out2"
}

# who mails whom is in the logs: for their group alone; an instance that was installed otherwise is mended
test_logs_are_for_their_group() {
  need_root || return 0
  l=$home/log/send g=$(awk '$1 == "maill" { print $3 }' "$home.users")
  echo secret > "$l/current"
  chmod 0755 "$l"
  again install
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  assertFalse "a stranger" "setpriv --reuid 65534 --regid 65534 --clear-groups cat $l/current 2>/dev/null"
  assertEquals secret "$(setpriv --reuid 65534 --regid 65534 --groups "$g" cat "$l/current")"
  rm "$l/current"
}

# without any tool of procps, and when the program that runs has been replaced
test_uninstall_leaves_a_running_instance_alone() {
  mkfifo "$SCRATCH/silent"
  "$home/bin/mail-inject" -n a@b.example < "$SCRATCH/silent" > /dev/null 2>&1 & pid=$!
  exec 7> "$SCRATCH/silent"
  again install
  sh src/uninstall "$home" > "$SCRATCH/out" 2>&1
  assertEquals 100 $?
  assertTrue "$(cat "$SCRATCH/out")" "grep -q 'is running (process $pid)' $SCRATCH/out"
  assertTrue "[ -x $home/bin/mail-start ]"
  exec 7>&-
  wait $pid
}

test_units_are_sound() {
  need systemd-analyze systemd || return 0
  assertEquals "" "$(cd "$home/service/systemd" && systemd-analyze verify --man=no ./*.service ./*.socket 2>&1)"
  assertFalse "no place is left open" "grep -r '@[A-Z_]*@' $home/service/systemd"
  assertEquals "who reads the journal" "$(sed -n 's/^maill //p' "$home.users")" \
    "$(sed -n 's/^User=//p; s/^Group=//p' "$home/service/systemd/mail-metrics.service" | xargs)"
}

# The commands of INSTALL, typed, for a system in a folder: what it has at boot lies in its own files.
typed_systemctl() { # FROM TO: lines of a part
  sed -n "/$1/,/$2/{s/^ \{6,8\}\([a-z]\)/\1/p;}" INSTALL | grep -E 'systemctl|/etc/systemd' |
    sed "s|HOME/|$home/|g; s|/etc/systemd|$SCRATCH/system&|g" > "$SCRATCH/typed"
  assertTrue "there are some" "[ -s $SCRATCH/typed ]"
  cat > "$SCRATCH/bin/systemctl" <<EOF
#!/bin/sh
case \$1 in
  enable|disable) exec $(command -v systemctl) --root="$SCRATCH/system" \$(echo "\$*" | sed 's/ --now//') ;;
esac
EOF
  chmod 0755 "$SCRATCH/bin/systemctl"
  PATH="$SCRATCH/bin:$PATH" bash -euc "$(cat "$SCRATCH/typed")" > "$SCRATCH/out" 2>&1
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
}
test_units_are_enabled_as_install_says() {
  need systemctl systemd && need bash bash || return 0
  etc=$SCRATCH/system/etc/systemd/system
  mkdir -p "$etc" "$SCRATCH/bin"
  typed_systemctl '^15\.' '^The way back'
  for u in multi-user.target.wants/mail-queue.service multi-user.target.wants/mail-send.service \
    sockets.target.wants/mail-listen.socket; do
    assertTrue "$u" "[ -L $etc/$u ]"
  done
  assertEquals "where the home may not be yet" "" "$(find "$etc" -type l -lname "*$home*")"
  typed_systemctl '^The way back' '^    Then'
  assertEquals "nothing is left" "" "$(find "$etc" ! -type d)"
}

# A command of the unit, as its user, with its environment and no right at all.
numbers() { # ExecStartPre|ExecStart
  unit=$home/service/systemd/mail-metrics.service
  command=$(sed -n "s/^$1=//p" "$unit" | sed 's/\$\$/$/g')
  eval "exec env $(sed -n 's/^Environment=//p' "$unit" | xargs -d '\n') PATH='$SCRATCH/journal:$PATH' \
    RUNTIME_DIRECTORY='$SCRATCH/journal/run' setpriv --reuid $(uid maill) --regid $(uid maill) --clear-groups \
    --bounding-set -all --no-new-privs $command"
}
# with a journal of three lines and one that comes; whichever part of it ends, all ends, to be started again
test_the_unit_of_numbers_runs_as_written() {
  need_root || return 0
  run=$SCRATCH/journal/run file=$home/run/metrics/bulkhead.prom
  mkdir -p "$run"
  chown "$(uid maill):$(uid maill)" "$run"
  cat > "$SCRATCH/journal/journalctl" <<EOF
#!/bin/sh
echo "\$*" >> $run/asked
case "\$*" in
  *-f*) echo 'mail-send: end id=3'; echo \$\$ > $run/pid; exec tail -n 0 -f $run/asked ;;
  *) printf '%s\n' 'mail-send: end id=1' 'mail-send: queue due=3,1764240000' 'mail-send: end id=2' ;;
esac
EOF
  chmod 0755 "$SCRATCH/journal/journalctl"
  for ends in journalctl mail-metrics; do
    rm -f "$file" "$run/pid"
    (numbers ExecStartPre)
    assertEquals "$ends: before" 0 $?
    (numbers ExecStart) 2> "$SCRATCH/unit.log" & pid=$!
    on_exit "kill $pid 2>/dev/null"
    wait_for 60 test -s "$run/pid" && wait_for 60 test -s "$file" || fail "$ends: $(cat "$SCRATCH/unit.log")"
    journal=$(cat "$run/pid")
    on_exit "kill $journal 2>/dev/null"
    if [ $ends = journalctl ]; then kill "$journal"; else kill -9 "$(pgrep -u "$(uid maill)" -x mail-metrics)"; fi
    wait $pid 2> "$SCRATCH/out"
    assertEquals "$ends: it ends" 143 $?
    kill "$journal" 2> /dev/null        # as systemd does with what is left of a unit
    [ $ends = journalctl ] || continue
    for line in 'bulkhead_messages_ended_total 1' 'bulkhead_queue_messages{state="due"} 3'; do
      assertTrue "$line" "grep -qx '$line' $file"
    done
  done
  assertContains "$(cat "$run/asked")" "-u mail-send -u mail-queue -u mail-listen -u mail-tls"
}

# as systemd would: with the rights of the unit alone, and told when it is ready
test_units_run_as_written() {
  need_root || return 0
  for s in queue send; do
    unit=$home/service/systemd/mail-$s.service
    rights=$(sed -n 's/^CapabilityBoundingSet=//p' "$unit" | tr '[:upper:]' '[:lower:]' | sed 's/cap_/+/g; s/ /,/g')
    python3 -S -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); print(s.recv(100).decode())' \
      "$SCRATCH/notify.$s" > "$SCRATCH/told" & told=$!
    wait_for 60 test -S "$SCRATCH/notify.$s"
    # shellcheck disable=SC2046
    NOTIFY_SOCKET=$SCRATCH/notify.$s setpriv --bounding-set "-all,$rights" \
      $(grep -q '^NoNewPrivileges=yes' "$unit" && echo --no-new-privs) \
      $(sed -n 's/^ExecStart=//p' "$unit") 2> "$SCRATCH/unit.log" & pid=$!
    on_exit "kill $pid $told 2>/dev/null"
    wait_for 60 grep -qx READY=1 "$SCRATCH/told" || fail "$s: $(cat "$SCRATCH/unit.log")"
    sh src/uninstall "$home" > "$SCRATCH/out" 2>&1
    assertEquals "uninstall" 100 $?
    assertTrue "$(cat "$SCRATCH/out")" "grep -q 'the service $s of $home is running' $SCRATCH/out"
    kill $pid
    wait $pid
    assertEquals "$s: $(cat "$SCRATCH/unit.log")" 0 $?
    assertFalse "$s: $(cat "$SCRATCH/unit.log")" "grep -E 'denied|not permitted|killed' $SCRATCH/unit.log"
    wait $told
  done
}

test_users_for_systemd() {
  need systemd-sysusers systemd || return 0
  mkdir -p "$SCRATCH/users/etc"
  sh src/sysusers conf-users > "$SCRATCH/mail.conf"
  systemd-sysusers --root="$SCRATCH/users" "$SCRATCH/mail.conf" > "$SCRATCH/out" 2>&1
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  for role in $(awk '$1 == "role" { print $2 }' src/rooms); do
    assertTrue "$role" "grep -q '^$role:' $SCRATCH/users/etc/passwd"
  done
  assertEquals "numbers need none" "" "$(sh src/sysusers "$home.users")"
}

# the numbers that a package's programs are built with become those of the host, or nothing is changed
test_programs_of_a_package_are_settled() {
  mkdir "$SCRATCH/from" "$SCRATCH/to"
  perl src/debian/settle "$home.users" > "$SCRATCH/nobodys"
  assertEquals "two columns of numbers" "" "$(awk '{ print $2; print $3 }' "$SCRATCH/nobodys" | grep -vE '^[0-9]+$')"
  program() { awk '{ print $2; print $3 }' | perl -ne 'print "x", pack "L", $_'; }
  program < "$SCRATCH/nobodys" > "$SCRATCH/from/mail-a"
  echo "no numbers" > "$SCRATCH/from/mail-b"
  perl src/debian/settle "$home.users" "$SCRATCH/from" "$SCRATCH/to"
  assertEquals 0 $?
  perl -0777 -ne 'print "$_\n" for map { unpack "L", $_ } /x(....)/gs' "$SCRATCH/to/mail-a" | sort -u > "$SCRATCH/is"
  assertEquals "$(awk '{ print $2; print $3 }' "$home.users" | sort -u)" "$(cat "$SCRATCH/is")"
  assertTrue "cmp -s $SCRATCH/from/mail-b $SCRATCH/to/mail-b"
  sed 1d "$SCRATCH/nobodys" | program > "$SCRATCH/from/mail-c"
  assertFalse "one of another build" "perl src/debian/settle $home.users $SCRATCH/from $SCRATCH/to 2> $SCRATCH/err"
  assertTrue "$(cat "$SCRATCH/err")" "grep -q 'mail-c has the number of the .* 0 times, not 1' $SCRATCH/err"
  rm "$SCRATCH/from/mail-c"
  { cat "$SCRATCH/nobodys"; tail -n 1 "$SCRATCH/nobodys"; } | program > "$SCRATCH/from/mail-d"
  assertFalse "one by chance" "perl src/debian/settle $home.users $SCRATCH/from $SCRATCH/to 2> $SCRATCH/err"
  assertTrue "$(cat "$SCRATCH/err")" "grep -q 'mail-d has the number of the .* 2 times, not 1' $SCRATCH/err"
}

test_dpkg_can_be_told_of_it() {
  need dpkg-deb dpkg || return 0
  mkdir -p "$SCRATCH/equivs/DEBIAN"
  cp src/debian/equivs "$SCRATCH/equivs/DEBIAN/control"
  dpkg-deb -b "$SCRATCH/equivs" "$SCRATCH/equivs.deb" > "$SCRATCH/out" 2>&1
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  assertEquals mail-transport-agent "$(dpkg-deb -f "$SCRATCH/equivs.deb" Provides)"
}

# A queue from another host has the numbers of users there: a message that was tried, its traces, logs and aliases.
send_service() { "$home/bin/mail-start" -1 -a -v > "$SCRATCH/send.log" 2>&1; }
with_a_tried_message() {
  mailbox "$home" ann 61590
  echo ./Maildir/ > "$home/people/ann/.qmail"
  chown -R 61590:61590 "$home/people/ann"
  chmod 01755 "$home/people/ann"          # sticky: deliveries wait
  "$home/bin/mail-newu"
  "$home/bin/mail-start" queue > "$SCRATCH/queue.log" 2>&1 & queue=$!
  on_exit "kill $queue 2>/dev/null; wait $queue 2>/dev/null"
  printf 'Subject: moved\n\nx\n' | "$home/bin/mail-inject" -fjoe@install.example ann@install.example
  send_service
  kill $queue
  wait $queue
  wait_for 60 nobody_runs
  echo old > "$home/log/send/current"
  chmod 0755 "$home/people/ann"
}
nobody_runs() { ! pgrep -u "$(uid mailq),$(uid mails),$(uid mailb)" > /dev/null; }
give_other_numbers() {
  for dir in queue/tmp queue/mess queue/todo queue/state queue/bounce alias log/send; do
    u=$(stat -c %u "$home/$dir") g=$(stat -c %g "$home/$dir")
    chown -hR $((u + 1000)):$((g + 1000)) "$home/$dir"
  done
}
test_a_queue_with_other_numbers_is_mended() {
  need_root || return 0
  with_a_tried_message
  state=$(find "$home/queue/state" -name '0*' -type f)
  assertNotNull "a state file" "$state"
  chmod 0600 "$state"           # as earlier versions made it
  give_other_numbers
  echo canary > "$SCRATCH/canary"
  chmod 0600 "$SCRATCH/canary"
  ln -s "$SCRATCH/canary" "$home/alias/.qmail-evil"
  ln -s "$SCRATCH/canary" "$home/queue/mess/00/00000000000000000000000001"
  cp "$SCRATCH/canary" "$home/second"
  ln "$home/second" "$home/queue/todo/00/00000000000000000000000001"
  send_service
  assertTrue "mail-send: $(cat "$SCRATCH/send.log")" "grep -q 'queue/state.*belongs to.*make install' $SCRATCH/send.log"
  setpriv --reuid "$(uid mails)" --regid "$(uid mails)" --clear-groups sleep 600 & busy=$!
  wait_for 60 grep -q "^Uid:.$(uid mails)" /proc/$busy/status
  again install
  assertNotEquals "somebody runs who could exchange files" 0 $?
  assertTrue "$(cat "$SCRATCH/out")" "grep -q 'wrong owners: stop the services (process $busy ' $SCRATCH/out"
  kill $busy
  wait $busy 2>/dev/null
  "$home/bin/mail-qread" > "$SCRATCH/qread" 2>&1
  assertTrue "mail-qread: $(cat "$SCRATCH/qread")" "grep -q 'Permission denied.*queue/.*belongs to.*make install' $SCRATCH/qread"
  again install
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  assertTrue "$(cat "$SCRATCH/out")" "grep -q 'second name: left alone' $SCRATCH/out"
  assertEquals "600 0 1" "$(stat -c '%a %u %h' "$SCRATCH/canary")"
  assertEquals "600 0 2" "$(stat -c '%a %u %h' "$home/second")"
  assertEquals "$(uid mails) 640" "$(stat -c '%u %a' "$state")"
  assertEquals "$(uid maill)" "$(stat -c %u "$home/log/send/current")"
  assertEquals "$(uid maila)" "$(stat -c %u "$home/alias/.qmail-postmaster")"
  rm "$home/alias/.qmail-evil" "$home/second" "$home/queue/mess/00/00000000000000000000000001" \
    "$home/queue/todo/00/00000000000000000000000001"
  send_service
  assertTrue "delivered: $(cat "$SCRATCH/send.log")" "grep -q '^Subject: moved' $home/people/ann/Maildir/new/*"
}

test_two_instances_side_by_side() {
  mkdir -p "$SCRATCH/other/bin"
  : > "$SCRATCH/other/bin/mail-tlsd"                # of a build that had TLS; this one has none
  users_file "$SCRATCH/other.users" 63500
  sed -i '/^mail[co]/d' "$SCRATCH/other.users"      # as it was before there were logins and a desk
  make -s -j 2 HOMEDIR="$SCRATCH/other" USERS="$SCRATCH/other.users" install > "$SCRATCH/out" 2>&1
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  echo other.example > "$SCRATCH/other/control/me"
  assertEquals install.example "$(cat "$home/control/me")"
  assertTrue "each has its own home compiled in" "grep -q $SCRATCH/other $SCRATCH/other/bin/mail-inject"
  assertFalse "and not the other's" "grep -q $SCRATCH/other $home/bin/mail-inject"
}

# what the test before this one has built
test_a_build_without_tls() {
  for p in $(programs tls); do assertFalse "$p" "[ -e $SCRATCH/other/bin/$p ]"; done
  for p in $(programs other); do assertTrue "$p" "[ -x $SCRATCH/other/bin/$p ]"; done
  assertTrue "mail-showctl" "$SCRATCH/other/bin/mail-showctl | grep -q '^tls: this build has no TLS'"
  "$SCRATCH/other/bin/mail-start" tls 2> "$SCRATCH/err"
  assertEquals 100 $?
  assertTrue "$(cat "$SCRATCH/err")" "grep -q 'this build has no TLS' $SCRATCH/err"
  assertFalse "a user that nobody named" "$SCRATCH/other/bin/mail-showctl | grep '^user: mailc'"
  assertFalse "nor is there a desk" "[ -e $SCRATCH/other/run/desk ]"
  assertTrue "$(cat "$SCRATCH/out")" "grep -q 'warning: .*other.users has no line for mailo' $SCRATCH/out"
  has_tls || return 0
  assertFalse "the other has it" "$home/bin/mail-showctl | grep '^tls:'"
  assertTrue "$(cat "$SCRATCH/out")" "grep -q 'warning: .*other.users has no line for mailc' $SCRATCH/out"
  make -n HOMEDIR="$SCRATCH/x" USERS="$home.users" all > "$SCRATCH/all"
  make -n HOMEDIR="$SCRATCH/x" USERS="$home.users" TLS=no all > "$SCRATCH/none"
  assertEquals "mail-tlsd with TLS, without" "1 0" \
    "$(grep -c '^cc.*/mail-tlsd .*-lssl' "$SCRATCH/all") $(grep -c -e -lssl "$SCRATCH/none")"
}

test_uninstall_leaves_mail_and_settings() {
  a_message             # the services that ran here before have swept that of the first test
  again uninstall
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  assertFalse "programs are gone" "[ -e $home/bin ]"
  assertFalse "scripts are gone" "[ -e $home/service/smtpd/run ]"
  assertEquals mail "$(cat "$home/queue/mess/00/00000000000000000000000000")"
  assertEquals 7 "$(cat "$home/control/concurrencylocal")"
  assertEquals 2525 "$(cat "$home/service/smtpd/env/PORT")"
  again install
  assertEquals "and back" 0 $?
  assertTrue "[ -x $home/bin/mail-start ]"
}

test_only_root_may() {
  need_root || return 0
  cp src/install src/uninstall "$SCRATCH"
  tree > "$SCRATCH/before"
  for what in install uninstall; do
    setpriv --reuid 65534 --regid 65534 --clear-groups sh "$SCRATCH/$what" "$home" "$home.users" / > "$SCRATCH/out" 2>&1
    assertEquals "$what" 100 $?
    assertEquals 1 "$(wc -l < "$SCRATCH/out")"
    assertTrue "$(cat "$SCRATCH/out")" "grep -q '^$what: fatal: only root may $what ' $SCRATCH/out"
  done
  tree > "$SCRATCH/after"
  assertTrue "nothing is done" "cmp -s $SCRATCH/before $SCRATCH/after && [ -x $home/bin/mail-start ]"
  setpriv --reuid 65534 --regid 65534 --clear-groups sh "$SCRATCH/install" "$SCRATCH/none/x" x / > "$SCRATCH/out" 2>&1
  assertTrue "a new home: $(cat "$SCRATCH/out")" "grep -q 'only root may install in $SCRATCH/none/x' $SCRATCH/out"
}

test_mistakes_are_named() {
  make -s HOMEDIR=relative USERS="$home.users" install > "$SCRATCH/out" 2>&1
  assertNotEquals 0 $?
  assertTrue "relative home" "grep -q 'absolute path' $SCRATCH/out"
  sed 's/^mails .*/mails nobody-has-this-name nobody-has-this-name/' "$home.users" > "$SCRATCH/wrong.users"
  make -s HOMEDIR="$SCRATCH/x" USERS="$SCRATCH/wrong.users" install > "$SCRATCH/out" 2>&1
  assertNotEquals 0 $?
  assertTrue "unknown user" "grep -q 'make users' $SCRATCH/out"
  grep -v '^mailb' "$home.users" > "$SCRATCH/wrong.users"
  make -s HOMEDIR="$SCRATCH/x" USERS="$SCRATCH/wrong.users" install > "$SCRATCH/out" 2>&1
  assertNotEquals 0 $?
  assertTrue "missing role" "grep -q mailb $SCRATCH/out"
  assertFalse "nothing was made" "[ -e $SCRATCH/x/queue ]"
  sed "s/^mailb .*/mailb $(awk '$1 == "mails" { print $2, $3 }' "$home.users")/" "$home.users" > "$SCRATCH/wrong.users"
  make -s HOMEDIR="$SCRATCH/x" USERS="$SCRATCH/wrong.users" install > "$SCRATCH/out" 2>&1
  status=$?
  if [ $ROOT = yes ]; then
    assertNotEquals "two rooms with one user" 0 $status
    assertTrue "says so" "grep -q 'mailb.*mails\|mails.*mailb' $SCRATCH/out"
  fi
}

run_tests
