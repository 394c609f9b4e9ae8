/* worker.c - see worker.h */

#include <unistd.h>

#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/workers.h"
#include "queue/callers.h"
#include "queue/intake.h"
#include "queue/worker.h"

void worker_run(int orders, int queue_dir, int trigger)
{
  static char const through = WORKERS_THROUGH;
  struct worker_order o;
  int fd;

  log_hold(1);
  intake_start(queue_dir, trigger);
  while (packet_recv(orders, (char *)&o, sizeof o, &fd) == sizeof o) {
    if (fd != -1) {             /* else there was no room for it, and the caller sees it closed */
      intake_serve(fd, &o.who, &o.limits, callers_seat(callers + o.place));
      close(fd);
    }
    log_release();
    if (packet_send(orders, &through, 1, -1) == -1) break;
  }
  _exit(0);
}
