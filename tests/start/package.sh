# package.sh - the scripts of the Debian packages: of init, with a stand-in for mail-start; of dpkg, with others' tools
# that tell what they are asked
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home lock=$SCRATCH/home/queue/lock/start-send

# A script as src/debian/build fills it, for places below $SCRATCH.
filled() { # NAME
  sed -e "s|@HOME@|$home|g; s|@NAME@|send|g; s|@OTHER_UNITS@|mail-a.socket mail-b.service|g; s|@FOLDERS@|alias bin queue|g" \
    -e "s|/etc/bulkhead|$SCRATCH/etc|g; s|/run/systemd/system|$SCRATCH/run|g; s|/usr/share/debconf|$SCRATCH/none|g" \
    -e "s|/usr/lib/bulkhead/services|$SCRATCH/tools/services|g" -e "s|/proc/locks|$SCRATCH/locks|; s|^\. /lib/lsb/.*||" \
    -e "s|within 90 |within 1 |" "src/debian/$1" > "$SCRATCH/$1"
}
oneTimeSetUp() {
  mkdir -p "$home/bin" "$home/queue/lock" "$SCRATCH/tools" "$SCRATCH/run"
  for tool in deb-systemd-invoke deb-systemd-helper systemctl update-rc.d services; do
    printf '#!/bin/sh\necho "%s $*" >> "%s"\n' $tool "$SCRATCH/asked" > "$SCRATCH/tools/$tool"
  done
  printf '#!/bin/sh\nexec cat > /dev/null\n' > "$SCRATCH/tools/logger"
  chmod 0755 "$SCRATCH"/tools/*
  cat > "$home/bin/mail-start" <<'END'
#!/usr/bin/perl
use Fcntl ':flock';
(my $home = $0) =~ s|/bin/mail-start$||;
open my $lock, '>', "$home/queue/lock/start-$ARGV[0]" or die;
flock $lock, LOCK_EX | LOCK_NB or die "somebody has it\n";
$SIG{TERM} = sub { exit 0 unless -e "$home/waits" };
$SIG{HUP} = sub { open my $f, '>', "$home/hup" };
sleep 1 while 1;
END
  chmod 0755 "$home/bin/mail-start"
  ln -s /proc/locks "$SCRATCH/locks"
  on_exit "sh $SCRATCH/init stop > /dev/null"
  filled init
  echo 'log_daemon_msg() { echo "$*"; }; log_end_msg() { echo "ends $1"; }' > "$SCRATCH/lsb"
  sed -i "2i . $SCRATCH/lsb" "$SCRATCH/init"
}
init() { PATH="$SCRATCH/tools:$PATH" sh "$SCRATCH/init" "$1" > "$SCRATCH/out" 2>&1; }
process() { init status && sed -n 's/.*(process \([0-9]*\))$/\1/p' "$SCRATCH/out"; }

test_init_starts_and_stops() {
  init status
  assertEquals "$(cat "$SCRATCH/out")" 3 $?
  assertFalse "nothing to read anew" "init reload"
  init start
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  pid=$(process)
  assertTrue "process '$pid'" "[ /proc/$pid/exe -ef $(command -v perl) ]"
  assertTrue "init reload"
  wait_for 60 test -e "$home/hup" || fail "no HUP"
  rm "$home/hup"
  init start
  assertEquals "again" "0 $pid" "$? $(process)"
  init restart
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  assertNotEquals "$pid" "$(process)"
  init stop
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  init status
  assertEquals 3 $?
  init stop
  assertEquals "when it is stopped" 0 $?
}

# as systemd does: an update leaves no service down because a delivery takes long
test_init_restarts_what_waits() {
  : > "$home/waits"
  init start
  pid=$(process)
  init restart
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  assertTrue "ended" "ended $pid"
  new=$(process)
  assertTrue "old '$pid', new '$new'" "[ -n '$new' ] && [ '$pid' != '$new' ]"
  init stop
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  rm "$home/waits"
}

# another file with the same number, locked by a process that has ours not open
test_init_knows_its_own_lock() {
  sleep 600 & other=$!
  on_exit "kill $other 2>/dev/null"
  [ -e "$lock" ] || : > "$lock"
  rm "$SCRATCH/locks"
  echo "7: FLOCK  ADVISORY  WRITE $other 00:99:$(stat -c %i "$lock") 0 EOF" > "$SCRATCH/locks"
  init status
  assertEquals "$(cat "$SCRATCH/out")" 3 $?
  init stop
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
  assertFalse "it lives" "ended $other"
  kill $other
  rm "$SCRATCH/locks"
  ln -s /proc/locks "$SCRATCH/locks"
}

dpkg_script() { # NAME ACTION
  filled "$1"
  : > "$SCRATCH/asked"
  PATH="$SCRATCH/tools:$PATH" sh "$SCRATCH/$1" "$2" > "$SCRATCH/out" 2>&1
  assertEquals "$1 $2: $(cat "$SCRATCH/out")" 0 $?
}

# a connection would start the service again
test_sockets_are_stopped_before_services() {
  dpkg_script bulkhead.prerm remove
  assertEquals "$(printf '%s\n' 'deb-systemd-invoke stop mail-a.socket mail-b.service' \
    'services stop mail-listen mail-send mail-queue')" "$(cat "$SCRATCH/asked")"
  dpkg_script bulkhead.prerm upgrade
  assertEquals "an update stops nothing" "" "$(cat "$SCRATCH/asked")"
}

# a .qmail file may name any place for mail; and what the package has not made is not its own to remove
test_a_purge_keeps_mail() {
  mkdir -p "$home/alias/sales/new" "$home/queue/todo/00" "$home/.build" "$home/bin" "$home/people/ann" "$SCRATCH/etc"
  echo ./sales/ > "$home/alias/.qmail-sales"
  for f in alias/sales/new/1 alias/Mailbox people/ann/mbox queue/todo/00/1 ; do echo mail > "$home/$f"; done
  dpkg_script bulkhead.postrm purge
  assertEquals "alias people queue" "$(ls -A "$home" | xargs)"
  for f in alias/sales/new/1 alias/Mailbox people/ann/mbox queue/todo/00/1 ; do assertTrue $f "[ -s $home/$f ]"; done
  assertEquals "alias queue" "$(sed -n "s|.*warning: there is mail in $home/\([a-z]*\): it stays.*|\1|p" "$SCRATCH/out" | xargs)"
  for u in mail-a.socket mail-b.service mail-send.service; do
    assertTrue "links of $u" "grep -qx 'deb-systemd-helper purge $u' $SCRATCH/asked"
  done
  rm "$home/alias/sales/new/1" "$home/alias/Mailbox" "$home/queue/todo/00/1"
  dpkg_script bulkhead.postrm purge
  assertEquals people "$(ls -A "$home")"
  assertTrue "$(cat "$SCRATCH/out")" "grep -q 'something else in $home: it stays' $SCRATCH/out"
  rm -r "$home/people"
  mkdir "$home/alias" "$SCRATCH/etc"
  dpkg_script bulkhead.postrm purge
  assertEquals "it says nothing" "" "$(cat "$SCRATCH/out")"
  assertFalse "all is gone" "[ -e $home ] || [ -e $SCRATCH/etc ]"
}

run_tests
