# lib.sh - a bare Debian as a machine of its own below $SCRATCH, for the long tests that install on one
#
# debootstrap makes it (minutes); BARE=DIR takes a copy of one made before. Packages come from where this machine has its
# own, in its network; all the rest happens in a network of its own, loopback alone.

root=$SCRATCH/root
failed=         # what went wrong

mirror() {
  { sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/*.sources
    sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list
  } 2> /dev/null | head -n 1
}

# The machine is on, in a network of its own; the commands are what its init does.
machine_starts() { # COMMANDS
  # shellcheck disable=SC2016
  unshare --net --mount --pid --fork --kill-child --propagation private sh -euc '
    ip link set lo up
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
      sh -c "$2"' machine "$root" "$1" > "$SCRATCH/machine" 2>&1 &
  on_exit "kill -KILL $!"         # unshare holds the milder ones back
  wait_for 60 pgrep -P $! && machine=$(pgrep -P $!) && wait_for 60 within alone 'test -e /proc/1/root'
}

# bash as root, in the unpacked source
within() { # online|alone COMMANDS
  if [ "$1" = alone ]; then net=--net; else net=; fi
  nsenter -t "$machine" --mount --pid $net chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1 bash -euc "cd /usr/src/bulkhead; $2" < /dev/null
}
outside() { nsenter -t "$machine" --net "$@"; }

# Nothing but a Debian: who types says yes to apt, and no daemon is started by a package.
bare_machine() {
  if [ -n "${BARE:-}" ]; then cp -a "$BARE" "$root" || return 1
  else debootstrap --variant=minbase bookworm "$root" "$(mirror)" || return 1
  fi
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  echo 'APT::Get::Assume-Yes "true";' > "$root/etc/apt/apt.conf.d/yes"
  printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
  chmod 0755 "$root/usr/sbin/policy-rc.d"
  rm -rf "$root/usr/src/bulkhead"
  mkdir "$root/usr/src/bulkhead"
  cp -R CHANGES INSTALL Makefile README VERSION conf-* man src tests "$root/usr/src/bulkhead/"
}

# One that the commands complete, which start it; without it why tests are skipped is in $cannot.
machine_of() { # COMMAND
  cannot=
  if [ $ROOT = no ]; then cannot="needs root"
  elif ! command -v debootstrap > /dev/null && [ -z "${BARE:-}" ]; then cannot="needs debootstrap (package debootstrap)"
  elif ! { bare_machine && "$1"; } > "$SCRATCH/bare" 2>&1; then
    cannot="a bare Debian could not be had: $(tail -n 1 "$SCRATCH/bare")"
  fi
}
# Commands that must work, and that there are some (a test may read them from a page); after one that did not, all else
# is a failure.
types() { # online|alone COMMANDS
  [ -z "$failed" ] || { fail "not reached: $failed"; return 1; }
  [ -n "$2" ] && within "$1" "$2" > "$SCRATCH/typed" 2>&1 && return 0
  failed="this failed: $2"
  fail "$failed"
  [ -z "$2" ] || tail -n 30 "$SCRATCH/typed"
  return 1
}
# A line that the mail of $owner, an account of that machine, has by now
has() { grep -rqs -e "$1" "$root/home/$owner/Maildir/new"; }
# What a job of the account prints comes to $owner.
cron_mails() { # ACCOUNT
  types alone "echo '* * * * * echo from a job' | crontab -u $1 -" || return 0
  within alone 'exec cron -f' > /dev/null 2>&1 &
  on_exit "kill $!"
  wait_for 150 has '^from a job' || fail 'no mail from cron'
  types alone "crontab -u $1 -r"
}
ready() { why=$cannot; [ -z "$cannot" ]; }
