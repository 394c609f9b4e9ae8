/*
 * publish.h - how the destinations fare, in a file for mail-qhosts
 *
 * At most every PUBLISH_MS, later the more destinations there are, and only when something has changed: it costs
 * nothing for a message, and the file's bytes a second are bounded. Never synced.
 */

#ifndef SEND_PUBLISH_H
#define SEND_PUBLISH_H

#define PUBLISH_MS 5000
#define PUBLISH_HOST_MS 10      /* for each destination */

extern void publish(void);

#endif
