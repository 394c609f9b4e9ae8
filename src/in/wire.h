/*
 * wire.h - the connection with the client: bounded lines in, collected replies out, every wait bounded
 *
 * While a wire is open (there is one at a time) every wait of the process is watched (io_wait_by): it ends with the
 * session's time, and when the client has gone: its connection is down, or over a network it sends no more, which may
 * mean that it only listens. So from then on there are some seconds of waiting, all in all: what it sent before is
 * done with if that is quick.
 *
 * Hides the buffers and the clock. Replies are sent before the wire waits for more, and only then, so a client
 * that sends many commands at once gets its answers at once (RFC 2920 3.2); what is answered does not
 * depend on how the bytes were cut into packets. The first trouble is kept in state, everything after it fails:
 *
 *      WIRE_OPEN      all is well
 *      WIRE_ENDED     the client closed its side
 *      WIRE_TIMEOUT   it took too long, to send or to take our replies
 *      WIRE_BROKEN    an error of the connection
 *      WIRE_WANTED    others need the place of a client that was waited for
 */

#ifndef IN_WIRE_H
#define IN_WIRE_H

#include <stddef.h>

#define WIRE_IN 32768           /* bytes read at once */
#define WIRE_OUT 4096           /* bytes of replies collected */
#define WIRE_LINE_MAX 2048      /* of a command with its CRLF; RFC 5321 4.5.3.1.4 and most extensions need less */
#define WIRE_SWALLOW_MAX 65536  /* a line longer than this ends the session */

enum wire_state { WIRE_OPEN, WIRE_ENDED, WIRE_TIMEOUT, WIRE_BROKEN, WIRE_WANTED };

enum wire_line {
  WIRE_LINE,            /* a line without its CRLF, NUL-terminated in the buffer */
  WIRE_LONG,            /* one that was too long, thrown away up to its end */
  WIRE_BAD,             /* one with a NUL or bare CR, told at once, or a bare LF, or no end in sight */
  WIRE_GONE             /* see state */
};

struct wire {
  int in;
  int out;
  enum wire_state state;
  int idle;             /* ms to wait for a whole command, or for more of a message, or for replies to be taken */
  long long end;        /* io_clock() when the session must be over */
  int tells;            /* the end of what the client sends is worth a look: a network's connection */
  int left;             /* it has come */
  long long grace;      /* ms of waiting that the client has from then on */
  int orders;           /* a record from here asks for the place; -1: nobody does */
  int hurry;            /* ms for the first command; 0: it has come, or has the usual time */
  size_t line_max;      /* bytes of a line with its CRLF, less than WIRE_IN: WIRE_LINE_MAX, if nobody changes it */
  size_t pos;           /* buf[pos..len) has come and is not yet used */
  size_t len;
  size_t pending;       /* bytes in out_buf */
  char out_buf[WIRE_OUT];
  char buf[WIRE_IN];    /* the last: its pages are not touched before something comes */
};

extern void wire_start(struct wire *, int in, int out, unsigned int idle_seconds, unsigned int session_seconds);

/* Under a dispatcher (visit.h); without it nobody asks and nothing hurries. */
extern void wire_under(struct wire *, int orders, int hurry);

/* The next line of commands. */
extern enum wire_line wire_line(struct wire *, char **line, size_t *len);

/* Reads more behind what is not yet used, waiting until a time of io_clock(). 1, or 0: see state. */
extern int wire_fill(struct wire *, long long until);

/* The same for more of a command, or for the next one: while a client is waited for here its place may be taken. */
extern int wire_fill_command(struct wire *, long long until);

/* When the command that is waited for from now on must have come. */
extern long long wire_due(struct wire const *);

/* Waits, nothing sent, for a client that talks before it is asked: 1 when it did. The connection may have ended. */
extern int wire_early(struct wire *, int milliseconds);

/* 1 when the client has sent on behind the last line, without waiting for its answer. */
extern int wire_ahead(struct wire const *);

/* Milliseconds that the session has left; those of the wire that is open, or a very long time. */
extern long long wire_time_left(void);

extern void wire_put(struct wire *, char const *, size_t len);
extern void wire_flush(struct wire *);

/* Waits, replies sent, while the connection lives. */
extern void wire_pause(struct wire *, int milliseconds);

/* The same client is there by other descriptors from now on, TLS's plain side: they take the numbers of the connection,
   of which this process keeps no copy. What has come and is not used is forgotten. */
extern void wire_through(struct wire *, int in, int out);

/* Sends what is left, says that there is no more, and lets the client read it: closing with bytes unread
   would make the kernel throw our last reply away. */
extern void wire_close(struct wire *);

#endif
