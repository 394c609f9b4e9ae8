/* program.h - run a command of a .qmail file */

#ifndef LOCAL_PROGRAM_H
#define LOCAL_PROGRAM_H

/* Runs it with sh, the message from its start on descriptor 0 and the log as 1 and 2, and waits. 0 go on, 99 do
   no further lines; all else ends the process, for ever or for now as its exit code says. */
extern int local_program_run(char const *command);

#endif
