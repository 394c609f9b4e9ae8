# install.sh - INSTALL, typed as it stands on a bare Debian 12: first mail, exim replaced, mail from outside, and back
#
# The commands are read from INSTALL, step by step, and run by bash as root in a minimal Debian that debootstrap makes
# here (ten minutes on a small machine; BARE=DIR takes a copy of one made before). Packages come from where this machine
# has its own, in its network; all the rest happens in a network of its own, loopback alone, in which a sink outside
# the root stands for another host.

. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/long/lib.sh"

home=$(head -n 1 conf-home) owner=you

# As its owner has it: systemd, exim for mail, and an account.
used_machine() {
  # init's part is to start svscan once daemontools-run is there
  machine_starts "until [ -d /etc/service ]; do sleep 1; done; exec svscan /etc/service" || return 1
  within online 'apt-get -qq update; apt-get -qq install --no-install-recommends systemd exim4-daemon-light
    id -u you || useradd -m -s /bin/sh you'
}

# The commands of a step, which are those lines that are set in, without what is said of them in brackets at their end.
step() { # NUMBER|way
  awk -v n="$1" '/^ ?[0-9]+\. / { s = $1 + 0 } /^The way back/ { s = "way" } s == n && /^        / { print }' INSTALL |
    sed "s/   *(.*)\$//; s|HOME/|$home/|g"
}

oneTimeSetUp() {
  machine_of used_machine
}

test_1_packages_users_and_programs() {
  ready || return 0
  for n in 1 3 4; do types online "$(step $n)" || return 0; done
  types alone "$(step 5 | head -n 1)" || return 0
  assertTrue 'static' "ldd $root$home/bin/mail-send 2>&1 | grep -q 'not a dynamic\|statically'"
}

test_2_first_message() {
  ready || return 0
  types alone "$(step 6 | grep -v '&you')" || return 0
  types alone "$(step 7 | grep -v tail)" || return 0
  wait_for 60 has '^test$' || fail "the first message: $(cat "$root$home/log/send/current")"
  types alone "$(step 7 | grep tail)" && assertTrue 'its line in the log' "grep -q 'delivered' $SCRATCH/typed"
  assertEquals 'the old mailer is not touched' exim4 "$(readlink "$root/usr/sbin/sendmail")"
  types alone "$home/bin/mail-showctl"
}

test_3_the_old_mailer_is_replaced() {
  ready || return 0
  types alone "$(step 8 | sed 's/^.*systemctl.*$/& || :/')" || return 0     # one of both is not there
  assertFalse 'exim starts no more' "ls $root/etc/rc2.d | grep '^S.*exim'"
  echo '&you@mail.example.org' > "$root$home/alias/.qmail-postmaster"
  types alone "printf 'Subject: from root\n\n.\n' | sendmail -i root; mailq"
  wait_for 60 has '^Subject: from root' || fail 'no mail from root'
  types online 'apt-get install --reinstall exim4-base exim4-daemon-light'
  assertEquals 'the names stay ours' "$home/bin/sendmail" "$(readlink "$root/usr/sbin/sendmail")"
}

test_4_cron() {
  ready || return 0
  types online 'apt-get install --no-install-recommends cron' || return 0      # exim wants it, so it may be there
  cron_mails root
}

test_5_from_the_network_and_to_it() {
  ready || return 0
  types alone "$(step 9 | grep -v iptables)" || return 0
  mkdir "$SCRATCH/sink"
  outside python3 -I -S "$stub/smtpsink.py" "$SCRATCH/sink" 127.0.0.1 &
  on_exit "kill $!"
  wait_for 60 test -s "$SCRATCH/sink/port"
  echo "elsewhere.test:127.0.0.1:$(cat "$SCRATCH/sink/port")" > "$root$home/control/smtproutes"
  wait_for 60 outside sh -c '. tests/site.sh; smtp_up 25' || fail 'nobody at port 25'
  # shellcheck disable=SC2016
  outside sh -c '. tests/site.sh; smtp 25 "$@"' smtp 'EHLO elsewhere.test' 'MAIL FROM:<friend@elsewhere.test>' \
    'RCPT TO:<you@example.org>' 'RCPT TO:<nobody-here@example.org>' 'DATA' 'Subject: from outside' '' . QUIT \
    > "$SCRATCH/dialogue"
  assertTrue 'an unknown one' "grep -q '^S: 550' $SCRATCH/dialogue"
  wait_for 60 has '^Subject: from outside' || { fail 'no mail from outside'; cat "$SCRATCH/dialogue"; }
  types alone "printf 'Subject: to a friend\n\nhello\n' | sendmail friend@elsewhere.test"
  wait_for 60 grep -qs '^Subject: to a friend' "$SCRATCH"/sink/msg.1 || fail 'no mail to the other host'
}

test_6_renewed_while_it_runs() {
  ready || return 0
  types alone "$(step 5 | head -n 2)" || return 0
  types alone "printf 'Subject: renewed\n\n.\n' | sendmail -i you"
  wait_for 60 has '^Subject: renewed' || fail 'no mail after it'
}

test_7_the_way_back() {
  ready || return 0
  types alone "$(step way | sed 's/postfix/exim4/')" || return 0
  for f in usr/sbin/sendmail usr/bin/mailq usr/bin/newaliases; do
    assertTrue "$f is exim's" "readlink -f $root/$f | grep -q exim"
  done
  assertTrue 'exim starts' "ls $root/etc/rc2.d | grep -q '^S.*exim'"
  assertFalse 'no program of ours' "[ -e $root$home/bin ]"
  assertTrue 'settings and logs stay' "[ -s $root$home/control/me ] && [ -s $root$home/log/send/current ]"
  types alone "printf 'Subject: exim again\n\n.\n' | sendmail -i -odf you"
  assertTrue 'exim delivers' "grep -q '^Subject: exim again' $root/var/mail/you"
}

run_tests
