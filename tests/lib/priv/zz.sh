# lock.sh - priv_lock keeps what it says, with every libc that programs are built with, as root and as a user
#
# tests/stub/cell.c makes the attempts. The unit tests' sanitizers need calls of their own, so it is built apart.

. "$(dirname "$0")/../../lib.sh"

cell() { # NAME COMPILER...
  name=$1
  shift
  "$@" -O2 -g -std=c11 -D_GNU_SOURCE -Wall -Wextra -Isrc -Itests -o "$SCRATCH/$name" tests/stub/cell.c \
    src/lib/priv/*.c || return 1
  for kind in root user; do
    [ $kind = root ] && [ $ROOT = no ] && continue
    d=$SCRATCH/$name.$kind
    mkdir -p "$d/in" "$d/ro" "$d/out"
    for f in in ro out; do echo x > "$d/$f/file"; done
    if [ $kind = user ] && [ $ROOT = yes ]; then
      chown -R 61090:61090 "$d"
      set -- setpriv --reuid 61090 --regid 61090 --clear-groups
    else
      set --
    fi
    "$@" "$SCRATCH/$name" "$d" "$SCRATCH/$name" > "$d.out" 2>&1 || cat "$d.out"
    assertTrue "$name as $kind" "[ $(grep -c '^not ok' "$d.out") = 0 ]"
    assertTrue "$name as $kind made all attempts" "[ $(grep -c '^ok' "$d.out") -gt 100 ]"
    assertEquals "$name as $kind left the outside as it was" "x" "$(cat "$d/out/file")"
    assertEquals "$name as $kind made nothing outside" "file" "$(ls "$d/out")"
  done
}

testDynamic() { cell dynamic cc; }

testStatic() { cell static cc -static; }

testMusl() {
  need musl-gcc musl-tools || return 0
  mkdir -p "$SCRATCH/include"
  for d in linux asm-generic; do ln -sf "/usr/include/$d" "$SCRATCH/include/$d"; done
  ln -sf "$(echo '#include <asm/unistd.h>' | cc -M -x c - | tr ' ' '\n' | sed -n 's|/unistd\.h$||p' | head -n 1)" \
    "$SCRATCH/include/asm"
  cell musl musl-gcc -static -isystem "$SCRATCH/include"
}

suite() { suite_addTest testMusl; }; run_tests
