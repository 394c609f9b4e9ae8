/* seccomp.c - turns the rows of calls.c into a filter of the kernel's (seccomp(2)); hides BPF */

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/io/large.h"
#include "lib/priv/calls.h"
#include "lib/priv/steps.h"

#if defined(__x86_64__) && !defined(__ILP32__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && !defined(__ILP32__) && !defined(__AARCH64EB__)
#define MACHINE AUDIT_ARCH_AARCH64
#endif

#if defined(MACHINE) && !defined(PRIV_SANITIZED)

#define X32 0x40000000U         /* of x86-64: call numbers of its other ABI, which would go round the table */
#define CANCELLED 0xffffffffU   /* what a tracer that injects an error (strace -e inject) puts there: no call has it */
#define INSTRUCTIONS_MAX 2048
#define LOCKED 0x80000000U      /* in what a process had: it has a filter, whatever its needs were */
#ifndef SYS_clone3
#define SYS_clone3 435
#endif

struct filter {
  unsigned int len;
  struct sock_filter code[INSTRUCTIONS_MAX];    /* of a copy's filter the first page is enough */
};

static void put(struct filter *f, unsigned int code, unsigned int k, unsigned int yes, unsigned int no)
{
  if (f->len < INSTRUCTIONS_MAX)
    f->code[f->len] = (struct sock_filter){ (uint16_t)code, (uint8_t)yes, (uint8_t)no, k };
  f->len++;
}

static void load(struct filter *f, size_t offset)
{
  put(f, BPF_LD | BPF_W | BPF_ABS, (unsigned int)offset, 0, 0);
}

static void answer(struct filter *f, unsigned int action)
{
  put(f, BPF_RET | BPF_K, action, 0, 0);
}

/* instructions that put_condition makes */
static unsigned int condition_len(struct call_condition const *c)
{
  return c->kind == CALL_NULL ? 4 : c->kind == CALL_EQUAL ? 3 : 0;
}

/* Goes on when the condition holds, else jumps to what starts `left` instructions after this condition. */
static void put_condition(struct filter *f, struct call_condition const *c, unsigned int left)
{
  size_t low = offsetof(struct seccomp_data, args) + c->arg * sizeof(uint64_t);

  if (c->kind == CALL_NULL) {
    load(f, low);
    put(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, left + 2);
    load(f, low + sizeof(uint32_t));
    put(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, left);
  }
  else if (c->kind == CALL_EQUAL) {
    load(f, low);
    put(f, BPF_ALU | BPF_AND | BPF_K, c->mask, 0, 0);
    put(f, BPF_JMP | BPF_JEQ | BPF_K, c->value, 0, left);
  }
}

/* One row: number and conditions equal, allow; else the number is in the accumulator again and the next row starts. */
static void put_call(struct filter *f, struct call const *c)
{
  unsigned int i, left = 1;     /* the answer */

  for (i = 0; i < CALL_CONDITIONS; i++) left += condition_len(c->must + i);
  put(f, BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)c->number, 0, left == 1 ? 1 : left + 1);
  if (left == 1) {
    answer(f, SECCOMP_RET_ALLOW);
    return;
  }
  for (i = 0; i < CALL_CONDITIONS; i++) {
    left -= condition_len(c->must + i);
    put_condition(f, c->must + i, left);
  }
  answer(f, SECCOMP_RET_ALLOW);
  load(f, offsetof(struct seccomp_data, nr));
}

static int allowed(struct call const *c, unsigned int needs)
{
  return c->number >= 0 && (c->needs == CALL_ALL || c->needs & needs);
}

static int conditional(struct call const *c)
{
  return c->must[0].kind != 0;
}

/* The numbers of which one thing is to be said whatever their arguments are; that follows them. One answer for all,
   since the kernel takes its time for each instruction. */
static void put_numbers(struct filter *f, long const *numbers, unsigned int n, unsigned int action)
{
  unsigned int i;

  for (i = 0; i < n; i++) put(f, BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)numbers[i], n - i, 0);
  put(f, BPF_JMP | BPF_JA, 1, 0, 0);
  answer(f, action);
}

static void put_all(struct filter *f, unsigned int needs)
{
  long always[CALLS_MAX];
  unsigned int n = 0;
  size_t i;

  load(f, offsetof(struct seccomp_data, arch));
  put(f, BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0);
  answer(f, SECCOMP_RET_KILL_PROCESS);
  load(f, offsetof(struct seccomp_data, nr));
  put(f, BPF_JMP | BPF_JEQ | BPF_K, CANCELLED, 0, 1);
  answer(f, SECCOMP_RET_ERRNO | EPERM);
#ifdef __x86_64__
  put(f, BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1);
  answer(f, SECCOMP_RET_KILL_PROCESS);
#endif
  for (i = 0; i < calls_count; i++)
    if (allowed(calls + i, needs) && !conditional(calls + i)) always[n++] = calls[i].number;
  put_numbers(f, always, n, SECCOMP_RET_ALLOW);
  for (i = 0; i < calls_count; i++)
    if (allowed(calls + i, needs) && conditional(calls + i)) put_call(f, calls + i);
  put(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1);
  answer(f, SECCOMP_RET_ERRNO | ENOSYS);        /* its arguments cannot be seen: libc takes clone instead */
  answer(f, SECCOMP_RET_ERRNO | EPERM);
}

/* What becomes of a call's number in a copy that keeps fewer needs. */
enum loss { LOST_NOTHING, LOST_IN_PART, LOST_WHOLE };

static enum loss loss(int number, unsigned int had, unsigned int needs)
{
  int lost = 0, kept = 0;
  size_t i;

  for (i = 0; i < calls_count; i++) {
    if (calls[i].number != number || !allowed(calls + i, had)) continue;
    if (allowed(calls + i, needs)) kept = 1;
    else lost = 1;
  }
  return !lost ? LOST_NOTHING : kept ? LOST_IN_PART : LOST_WHOLE;
}

static int first_row(size_t i)
{
  size_t j = 0;

  while (calls[j].number != calls[i].number) j++;
  return i == j;
}

/* For a copy, which is under the filter of the process that it was made of: what that had and it has no more. */
static void put_lost(struct filter *f, unsigned int had, unsigned int needs)
{
  long never[CALLS_MAX];
  unsigned int n = 0;
  size_t i, j;

  load(f, offsetof(struct seccomp_data, nr));
  for (i = 0; i < calls_count; i++) {
    enum loss l = first_row(i) ? loss(calls[i].number, had, needs) : LOST_NOTHING;
    if (l == LOST_WHOLE) never[n++] = calls[i].number;
    if (l != LOST_IN_PART) continue;
    for (j = i; j < calls_count; j++)
      if (calls[j].number == calls[i].number && allowed(calls + j, needs)) put_call(f, calls + j);
    put(f, BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)calls[i].number, 0, 1);
    answer(f, SECCOMP_RET_ERRNO | EPERM);
  }
  put_numbers(f, never, n, SECCOMP_RET_ERRNO | EPERM);
  answer(f, SECCOMP_RET_ALLOW);
}

int seccomp_apply(unsigned int needs)
{
  static LARGE struct filter f;
  static unsigned int had;      /* 0: no filter yet */
  struct sock_fprog program;

  f.len = 0;
  if (had) put_lost(&f, had, needs);
  else put_all(&f, needs);
  had = needs | LOCKED;
  if (f.len > INSTRUCTIONS_MAX) {
    errno = E2BIG;
    return -1;
  }
  program = (struct sock_fprog){ (unsigned short)f.len, f.code };
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0) return 0;
  return errno == ENOSYS || errno == EINVAL ? 0 : -1;   /* no seccomp, or no filters, in this kernel */
}

#else

/* no table for this machine's calls, or a sanitizer that makes calls of its own: Landlock alone */
int seccomp_apply(unsigned int needs)
{
  (void)needs;
  return 0;
}

#endif
