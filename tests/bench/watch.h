/* watch.h - when files come into directories: link or rename, as a Maildir's new/ gets them */

#ifndef BENCH_WATCH_H
#define BENCH_WATCH_H

/* What comes from now on counts. */
extern void watch_add(char const *dir);

/* Waits for so many more files, or dies after ms without one. */
extern void watch_wait(unsigned long files, int ms);

#endif
