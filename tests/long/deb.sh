# deb.sh - the packages of make deb on a bare Debian 12 without systemd: in, mail, an update under traffic, out

. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/long/lib.sh"

home=/var/lib/bulkhead owner=ann
# Services are started by their scripts in /etc/init.d, but not while it is in this machine's network.
deb_machine() {
  machine_starts "exec sleep 100000" || return 1
  within online 'apt-get -qq update; useradd -m -s /bin/sh ann'
}
all_there() { [ "$(grep -rlse '^Subject: under way' "$root/home/ann/Maildir/new" | wc -l)" -ge "$1" ]; }
nothing_queued() { [ -z "$(find "$root$home/queue/todo" -type f)" ]; }
installs="apt-get install -y --no-install-recommends ./build/deb/bulkhead_*.deb ./build/deb/bulkhead-tls_*.deb"

oneTimeSetUp() {
  make -s -j "$(getconf _NPROCESSORS_ONLN)" deb > "$SCRATCH/deb.log" 2>&1 || { cat "$SCRATCH/deb.log"; exit 1; }
  machine_of deb_machine
  [ -n "$cannot" ] || { mkdir "$root/usr/src/bulkhead/build" && cp -R build/deb "$root/usr/src/bulkhead/build/"; }
}

test_1_packages_have_no_faults() {
  need lintian lintian || return 0
  assertEquals "" "$(lintian --fail-on none build/deb/*.deb 2>/dev/null | grep '^E:')"
}

test_2_cron_and_mailx_are_content() {
  ready || return 0
  types online "echo bulkhead bulkhead/me string box.example.org | debconf-set-selections
    $installs cron bsd-mailx" || return 0
  assertEquals "the name" box.example.org "$(cat "$root/etc/bulkhead/me")"
  assertEquals "what bash completes is in PATH" "" "$(within alone \
    'for p in $(ls /usr/share/bash-completion/completions | grep mail); do command -v $p > /dev/null || echo $p; done' 2>&1)"
  assertTrue "INSTALL" "[ -s $root/usr/share/doc/bulkhead/INSTALL.gz ]"
  assertFalse "no other mailer" "grep -q '^Package: exim4' $root/var/lib/dpkg/status"
  printf '#!/bin/sh\nexit 0\n' > "$root/usr/sbin/policy-rc.d"
  types alone 'for s in queue send listen tls; do service mail-$s start; service mail-$s status; done' || return 0
  types alone 'echo hello | mail -s "by mailx" ann; mailq; sendmail -bp' || return 0
  wait_for 60 has '^Subject: by mailx' || fail "no mail from mailx"
  cron_mails ann
}

test_3_mail_from_the_network() {
  ready && types alone true || return 0
  wait_for 60 outside sh -c '. tests/site.sh; smtp_up 25' || fail 'nobody at port 25'
  # shellcheck disable=SC2016
  outside sh -c '. tests/site.sh; smtp 25 "$@"' smtp 'EHLO elsewhere.test' 'MAIL FROM:<friend@elsewhere.test>' \
    'RCPT TO:<ann@box.example.org>' 'RCPT TO:<joe@elsewhere.test>' 'DATA' 'Subject: from outside' '' . QUIT \
    > "$SCRATCH/dialogue"
  assertTrue 'no relay' "grep -q '^S: 550' $SCRATCH/dialogue"
  wait_for 60 has '^Subject: from outside' || { fail 'no mail from outside'; cat "$SCRATCH/dialogue"; }
}

# each that was taken arrives, and what runs afterwards is new
test_4_an_update_under_traffic() {
  ready && types alone true || return 0
  echo 7 > "$root/etc/bulkhead/concurrencylocal"
  old=$(within alone 'service mail-send status')
  # shellcheck disable=SC2016
  within alone 'n=0; while [ ! -e /tmp/enough ]; do
    n=$((n + 1)); printf "Subject: under way %s\n\n.\n" $n | sendmail ann && echo $n >> /tmp/taken; done' > "$SCRATCH/sent" 2>&1 &
  sender=$!
  on_exit "kill $sender 2>/dev/null"
  wait_for 60 all_there 3 || fail "nothing is sent: $(cat "$SCRATCH/sent")"
  types alone 'dpkg -i build/deb/*.deb; touch /tmp/enough'
  wait $sender
  n=$(wc -l < "$root/tmp/taken")
  wait_for 60 all_there "$n" || fail "taken: $n, not all arrived"
  assertNotEquals "mail-send's starter" "$old" "$(within alone 'service mail-send status')"
  assertEquals "none is old" "" "$(within alone 'ls -l /proc/[0-9]*/exe 2>/dev/null' | grep "$home.*(deleted)")"
  assertEquals "settings stay" "box.example.org 7" "$(cat "$root/etc/bulkhead/me" "$root/etc/bulkhead/concurrencylocal" | xargs)"
}

# a delivery that takes longer than one waits for the end of the service
test_5_restarted_while_a_delivery_waits() {
  ready && types online 'useradd -m -s /bin/sh slow' || return 0
  echo '|touch waits; until [ -e enough ]; do sleep 1; done' > "$root/home/slow/.qmail"
  types alone 'chown slow: ~slow/.qmail; printf "Subject: slow\n\n.\n" | sendmail slow' || return 0
  wait_for 60 test -e "$root/home/slow/waits" || fail "no delivery"
  types alone 'service mail-send restart; service mail-send status' || return 0
  types alone 'touch ~slow/enough; printf "Subject: afterwards\n\n.\n" | sendmail ann'
  wait_for 60 has '^Subject: afterwards' || fail "nothing is sent any more"
  wait_for 60 nothing_queued || fail "something is left"
}

test_6_gone_and_back() {
  ready || return 0
  types alone 'service mail-send stop; printf "Subject: waits\n\n.\n" | sendmail ann; dpkg -r bsd-mailx bulkhead-tls bulkhead' || return 0
  assertTrue "it says so: $(cat "$SCRATCH/typed")" "grep -q 'messages that are queued stay.*: 1' $SCRATCH/typed"
  assertFalse "nothing runs" "within alone 'ls -l /proc/[0-9]*/exe' | grep $home"
  assertFalse "no name is left" "ls $root/usr/sbin/sendmail $root/usr/bin/mailq $root/usr/lib/sendmail 2>/dev/null"
  types alone 'dpkg -i build/deb/*.deb' || return 0
  wait_for 60 has '^Subject: waits' || fail "what was queued did not arrive"
}

test_7_purged() {
  ready || return 0
  # shellcheck disable=SC2016
  types alone 'cd /etc/systemd/system; mkdir -p sockets.target.wants
    ln -s /lib/systemd/system/mail-listen.socket sockets.target.wants/
    cd /var/lib/bulkhead/alias; echo ./sales/ > .qmail-sales; mkdir -p sales/new sales/cur sales/tmp; chown -R maila: sales
    printf "Subject: an order\n\n.\n" | sendmail sales
    for ((n = 0; n < 600; n++)); do [ -z "$(ls sales/new)" ] || break; sleep 0.1; done; [ -n "$(ls sales/new)" ]' || return 0
  types alone 'service mail-send stop; printf "Subject: kept\n\n.\n" | sendmail ann; dpkg -P bulkhead-tls bulkhead' || return 0
  assertTrue "it says so: $(cat "$SCRATCH/typed")" "grep -q 'there is mail in .*queue: it stays' $SCRATCH/typed"
  assertTrue "mail is kept" "[ -n \"\$(find $root$home/queue/todo -type f)\" ]"
  assertTrue "that of an alias, too" "grep -rqx 'Subject: an order' $root$home/alias/sales/new"
  assertEquals "nothing else" "alias queue" "$(ls -A "$root$home" | xargs)"
  assertFalse "no link of a socket" "[ -L $root/etc/systemd/system/sockets.target.wants/mail-listen.socket ]"
  assertFalse "no settings" "[ -e $root/etc/bulkhead ]"
  assertEquals "no script" "" "$(find "$root"/etc/init.d "$root"/etc/rc?.d -name '*mail-*')"
  types alone 'echo bulkhead bulkhead/me string box.example.org | debconf-set-selections; dpkg -i build/deb/*.deb' || return 0
  wait_for 60 has '^Subject: kept' || fail "it did not arrive: $(cat "$SCRATCH/typed")"
  types alone 'rm -r /var/lib/bulkhead/alias/sales; dpkg -P bulkhead-tls bulkhead' || return 0
  assertFalse "all is gone" "[ -e $root$home ]"
}

run_tests
