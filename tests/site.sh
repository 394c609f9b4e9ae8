# site.sh - whole instances for the demo and the tests in tests/whole: users, mailboxes, services under svscan
#
# Read by tests/lib.sh and tests/demo; needs nothing but POSIX sh and the programs it starts.

# The users of an instance: numbers nobody has, all different, from BASE on; without root all are the caller, but
# for an instance that nobody installs (BASE and "apart").
users_file() { # FILE [BASE [apart]]
  n=${2:-61000}
  for role in $(awk '$1 == "role" { print $2 }' src/rooms); do
    g=$n
    [ $role = mailq ] && g=$((n + 1))   # the group of mails, which comes next
    if [ "$(id -u)" = 0 ] || [ -n "${3:-}" ]; then echo "$role $n $g"; n=$((n + 1)); else echo "$role $(id -u) $(id -g)"; fi
  done > "$1"
}

# Builds and installs an instance in DIR (its home), me = NAME; a copy of the one in $INSTALLED (tests/run), if there is one.
instance() { # DIR NAME [BASE]
  users_file "$1.users" "${3:-61000}"
  if [ -n "${INSTALLED:-}" ] && [ ${#INSTALLED} = ${#1} ] && [ -z "${3:-}" ] && [ ! -e "$1" ]; then
    copy_of_installed "$1" || return 1
  else
    install_instance "$1" || return 1
  fi
  echo "$2" > "$1/control/me"
}
install_instance() { # DIR
  make -s -j "$(getconf _NPROCESSORS_ONLN)" HOMEDIR="$1" USERS="$1.users" install > "$1.log" 2>&1 || { cat "$1.log"; return 1; }
}
# The home is compiled in: one of the same length takes its place, in far less time than linking all programs takes.
copy_of_installed() { # DIR
  cp -a "$INSTALLED" "$1" && LC_ALL=C sed -i "s|$INSTALLED|$1|g" "$1"/bin/* "$1"/service/*/run "$1"/service/*/log/run "$1"/service/systemd/*
}

# A TCP port that nobody uses now, from FROM on, beyond those of other lanes of tests/run.
free_port() { # FROM
  p=$(($1 + ${PORTS:-0}))
  while grep -qi ":$(printf '%04X' "$p") " /proc/net/tcp /proc/net/tcp6 2>/dev/null; do p=$((p + 1)); done
  echo "$p"
}

# An account of the instance alone (users/assign, not the password file) with a Maildir; run mail-newu after it.
mailbox() { # HOME USER UID
  mkdir -p "$1/people/$2/Maildir/tmp" "$1/people/$2/Maildir/new" "$1/people/$2/Maildir/cur"
  chown -R "$3:$3" "$1/people/$2"
  [ -e "$1/users/assign" ] && sed -i '$d' "$1/users/assign"
  printf '%s\n' "=$2:$2:$3:$3:$1/people/$2:::" "+$2-:$2:$3:$3:$1/people/$2:-::" . >> "$1/users/assign"
}

# Where the SMTP service of an instance listens.
listen_at() { # HOME ADDRESS PORT
  echo "$2" > "$1/service/smtpd/env/ADDRESS"
  echo "$3" > "$1/service/smtpd/env/PORT"
}

# svscan over links to the services given: DIR/service, its process in DIR/svscan.pid.
supervise_start() { # DIR SERVICE-DIRECTORY...
  supervised=$1
  shift
  mkdir -p "$supervised/service"
  for s; do ln -s "$s" "$supervised/service/$(basename "$(dirname "$(dirname "$s")")")-$(basename "$s")"; done
  setsid svscan "$supervised/service" > "$supervised/svscan.log" 2>&1 < /dev/null &
  echo $! > "$supervised/svscan.pid"
}

# Ends them all: svscan first, so that nothing comes back, then the services, then their logs.
supervise_stop() { # DIR
  kill "$(cat "$1/svscan.pid")" 2>/dev/null
  for s in "$1"/service/*; do svc -dx "$s" 2>/dev/null; done
  for s in "$1"/service/*; do gone "$s" || return 1; done
  for s in "$1"/service/*; do svc -dx "$s/log" 2>/dev/null; done
  for s in "$1"/service/*; do gone "$s/log" || return 1; done
}
gone() { # SERVICE-DIRECTORY
  tries=300
  while svok "$1" 2>/dev/null; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || { echo "$1 does not stop" >&2; return 1; }
    sleep 0.1
  done
}

# A dialogue with an SMTP server, one line after each reply (none after lines of a message); prints both sides. It comes
# from the address $SMTP_FROM, where that is set.
smtp() { # PORT LINE...
  smtp_port=$1
  shift
  tcpclient -RHl0 ${SMTP_FROM:+-i "$SMTP_FROM"} 127.0.0.1 "$smtp_port" sh -c '
    reply() { while IFS= read -r l <&6; do echo "S: $l"; case $l in ???-*) ;; *) return;; esac; done; }
    reply
    for line; do
      echo "C: $line"
      printf "%s\r\n" "$line" >&7
      case $line in Subject:*|"") ;; *) reply ;; esac
    done' smtp "$@"
}
smtp_up() { smtp "$1" QUIT 2>/dev/null | grep -q '^S: 221'; }
