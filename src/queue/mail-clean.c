/*
 * mail-clean.c - remove messages that are done, and what dead writers left
 *
 * Runs as    mailq, group mails, started by mail-start, one for the life of the suite
 * Reads      requests of mail-send (door/clean.h); names in queue/tmp, queue/mess, queue/todo, never contents
 * Writes     removes files there; answers to mail-send
 * Trusts     mail-send for which message is done, as long as it names it by an ID
 * If broken  all queued mail can be read and removed, none changed or made; no network, no user's file
 * Exits      0 at TERM, or when mail-send or mail-start is gone; 111 when it cannot work
 * Why so     the envelope goes first, and the message only after a sync has made that last: a crash between
 *            must leave a message without an envelope, never the other way round. One sync serves all requests
 *            of a second. What is not removed when it ends is swept in its next life.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/clean.h"
#include "door/fds.h"
#include "lib/conf/conf.h"
#include "lib/conf/owner.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"
#include "queue/hash.h"
#include "queue/orphan.h"
#include "queue/sweep.h"

#define MEMORY 67108864
#define BATCH_MS 700            /* after the first of them: with mail-send's wait and the sync it makes a second */
#define SWEEP_MS 3600000        /* between two rounds */
#define SWEEP_SOON 10000        /* ms after a round in which something failed; twice as long after each one more */
#define SWEEP_REST 1           /* ms between two directories of a round */

struct done {
  char id[ID_MAX + 1];
  enum clean_word answer;       /* CLEAN_PLEASE: none yet */
};

static struct done batch[CLEAN_BATCH];
static unsigned int waiting;
static long long batch_since, sweep_at;
static struct hash hash;

static void answer(char const *id, enum clean_word word)
{
  struct clean c = { .word = word };
  char buf[CLEAN_RECORD_MAX];
  size_t len;

  snprintf(c.id, sizeof c.id, "%s", id);
  len = clean_pack(&c, buf);
  if (packet_send(CLEAN_SEND, buf, len, -1) == -1 && errno != EPIPE) log_sys("warning: unable to answer mail-send");
}

/* A bounce's ID can be in use again by now: mail-bounce names it once more when it was not heard that it is queued.
   Its file goes only while no writer has it and no new envelope is there. */
static int unlink_message(char const *id)
{
  static struct orphans o;
  int r;

  if (!id_depth(id)) return unlinkat(hash.mess, id, 0);
  r = orphan_hold(&o, &hash, id);
  if (r != 1) return r;
  r = unlinkat(hash.mess, id, 0);
  close(o.held[--o.n].fd);
  return r;
}

static void remove_message(struct done *d)
{
  char path[ID_PATH_MAX];

  d->answer = CLEAN_GONE;
  if (!unlink_message(d->id) || errno == ENOENT) return;
  id_path(path, "mess", d->id);
  log_sys("alert: unable to remove queue/", path, owner_hint(path));
  d->answer = CLEAN_ERROR;
}

/* All requests for the directory that batch[first] is in. A sync that fails is an error for all of them, and is not
   tried again: on a new descriptor it could seem to work. */
static void finish_directory(unsigned int first)
{
  char dir[ID_PATH_MAX];
  unsigned int i;
  int failed;

  if (hash_open(&hash, id_hash(batch[first].id)) == -1) {
    id_dir(dir, hash.failed, id_hash(batch[first].id));
    log_sys("alert: unable to open queue/", dir, owner_hint(dir));
    batch[first].answer = CLEAN_ERROR;
    return;
  }
  failed = fsync(hash.todo) == -1;
  id_dir(dir, "todo", hash.hh);
  if (failed) log_sys("alert: unable to sync queue/", dir);
  for (i = first; i < waiting; i++) {
    struct done *d = batch + i;
    if (d->answer != CLEAN_PLEASE || !hash_holds(&hash, d->id)) continue;
    if (failed) d->answer = CLEAN_ERROR;
    else remove_message(d);
  }
  hash_close(&hash);
}

static void finish_batch(void)
{
  unsigned int i;

  for (i = 0; i < waiting; i++)
    if (batch[i].answer == CLEAN_PLEASE) finish_directory(i);
  for (i = 0; i < waiting; i++) answer(batch[i].id, batch[i].answer);
  waiting = 0;
}

/* A request may be the repetition of one from before a crash, so an absent envelope is as good as one removed. */
static void take(char const *id)
{
  char path[ID_PATH_MAX];

  id_path(path, "todo", id);
  if (unlink(path) == -1 && errno != ENOENT) {
    log_sys("alert: unable to remove queue/", path, owner_hint(path));
    answer(id, CLEAN_ERROR);
    return;
  }
  if (!waiting) batch_since = io_clock();
  snprintf(batch[waiting].id, sizeof batch[waiting].id, "%s", id);
  batch[waiting++].answer = CLEAN_PLEASE;
  if (waiting == CLEAN_BATCH) finish_batch();
}

/* A message of the batch has lost its envelope here: it goes after the sync, and no writer left it. */
static int in_batch(char const *id)
{
  unsigned int i;

  for (i = 0; i < waiting; i++)
    if (!strcmp(batch[i].id, id)) return 1;
  return 0;
}

/* Takes one request. 0 when mail-send is gone. */
static int request(void)
{
  char buf[CLEAN_RECORD_MAX];
  struct clean c;
  ssize_t r = packet_recv(CLEAN_SEND, buf, sizeof buf, 0);

  if (r == -1 && errno != EPROTO && errno != ECONNRESET) log_die(111, "unable to read from mail-send");
  if (!r || (r == -1 && errno == ECONNRESET)) return 0;
  if (r > 0 && clean_unpack(&c, buf, (size_t)r) && c.word == CLEAN_PLEASE) take(c.id);
  else log_line("error: a request of mail-send is none");
  return 1;
}

/* After a round: what failed in it is not left alone for an hour. */
static void plan_sweep(void)
{
  static int pause = SWEEP_SOON;

  if (!sweep_failed()) {
    pause = SWEEP_SOON;
    return;
  }
  sweep_at = io_clock() + pause;
  pause = pause < SWEEP_MS / 2 ? 2 * pause : SWEEP_MS;
}

/* One round. 0 when it is time to end. */
static int turn(int *sweeping)
{
  struct pollfd p[2 + WAKE_OWN] = { { .fd = FD_LIFE, .events = POLLIN }, { .fd = CLEAN_SEND, .events = POLLIN } };
  long long until = *sweeping ? io_clock() + SWEEP_REST : sweep_at;

  if (waiting && batch_since + BATCH_MS < until) until = batch_since + BATCH_MS;
  wake_poll(p, 2, until);
  if (wake_heard(SIGTERM) || p[0].revents || (p[1].revents && !request())) return 0;
  if (waiting && io_clock() >= batch_since + BATCH_MS) finish_batch();
  if (wake_heard(SIGALRM) || io_clock() >= sweep_at) {
    sweep_at = io_clock() + SWEEP_MS;
    sweep_begin(in_batch);
    *sweeping = 1;
  }
  if (*sweeping) {
    *sweeping = sweep_step();
    if (!*sweeping) plan_sweep();
  }
  return 1;
}

static void lock_in(void)
{
  static struct priv_path const paths[3] = {    /* a message is opened for the lock of its writer alone */
    { "tmp", PRIV_LIST | PRIV_REMOVE }, { "mess", PRIV_LIST | PRIV_FILES | PRIV_REMOVE },
    { "todo", PRIV_LIST | PRIV_REMOVE }
  };

  if (priv_lock(PRIV_OPEN | PRIV_MODIFY, paths, 3) == -1) log_die(111, "unable to lock myself in");
}

int main(void)
{
  char queue[CONF_PATH_MAX];
  int sweeping = 0;

  log_name("mail-clean");
  io_close_from(CLEAN_SEND + 1);
  if (chdir(conf_path(queue, "queue")) == -1) log_die(111, "unable to change to ", queue);
  wake_signals((int const []){ SIGTERM, SIGALRM, 0 });
  if (priv_limits(ORPHAN_BATCH + 32, MEMORY) == -1) log_sys("warning: unable to bound files and memory");
  lock_in();
  sweep_at = io_clock();
  while (turn(&sweeping));
  finish_batch();
  return 0;
}
