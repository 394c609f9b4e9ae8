/* fault.c - see fault.h */

#include <errno.h>

#include "door/submit.h"
#include "lib/conf/owner.h"
#include "lib/io/log.h"
#include "queue/fault.h"
#include "queue/refusals.h"

void fault_set(struct fault *f, int code, char const *text)
{
  if (f->code) return;
  f->code = code;
  f->text = text;
}

void fault_disk(struct fault *f, char const *doing, char const *path)
{
  int e = errno;

  if (refusals_line(REFUSALS_DISK, REFUSALS_MESSAGES))
    log_sys("alert: cannot ", doing, ": queue/", path, owner_hint(path));
  switch (e) {
    case ENOSPC:
    case EDQUOT: fault_set(f, SUBMIT_WRITE, "4.3.1 the disk of the queue is full"); break;
    case EROFS: fault_set(f, SUBMIT_WRITE, "4.3.0 the disk of the queue is read-only"); break;
    case ENOMEM:
    case EMFILE:
    case ENFILE: fault_set(f, SUBMIT_MEMORY, "4.3.0 out of memory or descriptors"); break;
    case ENOENT:
    case ENOTDIR:
    case EACCES:
    case EPERM: fault_set(f, SUBMIT_QUEUE, "4.3.0 the directories of the queue are not in order"); break;
    default: fault_set(f, SUBMIT_WRITE, "4.3.0 error of the disk of the queue"); break;
  }
}
