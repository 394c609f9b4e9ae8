/*
 * envdir.h - variables from a folder, one a file, as envdir(8) of daemontools has them
 */

#ifndef START_ENVDIR_H
#define START_ENVDIR_H

/* Each file's name becomes a variable with its first line, without blanks at its end, as value; NUL stands for a line's
   end. An empty file takes the variable away. Names that begin with a dot do not count, nor does a folder that is not
   there. Ends the program when one cannot be read. */
extern void envdir_read(char const *folder);

#endif
