/* serve.c - see serve.h */

#include <errno.h>
#include <unistd.h>

#include "lib/io/large.h"
#include "lib/io/log.h"
#include "remote/serve.h"

static LARGE char record[PACKET_MAX];

/* one job; 0 when there will be no more */
static int one(int sock, char const *domain, serve_job *deliver)
{
  static struct job job;
  static struct report report;
  int message;
  ssize_t r = packet_recv(sock, record, sizeof record, &message);
  size_t len;

  if (!r) return 0;
  if (r == -1) log_die(111, "cannot take a job", (char *)0);
  if (message == -1 || !job_unpack(&job, record, (size_t)r) || job.kind != JOB_REMOTE)
    log_diex(111, "a job that is none", (char *)0);
  deliver(&job, message, domain, &report);
  close(message);
  len = report_pack(&report, record);
  if (!len) log_diex(111, "a report that cannot be written", (char *)0);
  if (packet_send(sock, record, len, -1) == 0) return 1;
  if (errno != EPIPE && errno != ECONNRESET) log_die(111, "cannot send a report", (char *)0);
  return 0;
}

void serve(int sock, char const *domain, serve_job *deliver)
{
  while (one(sock, domain, deliver));
}
