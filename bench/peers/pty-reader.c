// Owns the least that must happen between a program in a terminal and a reader: a PTY, and a loop that reads it.
// What Limpet's terminal output is measured against. Prints: bytes read, seconds.
//
//   pty-reader PROGRAM [ARGUMENT …]

#define _GNU_SOURCE
#include <errno.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: pty-reader PROGRAM [ARGUMENT ...]\n");
    return 2;
  }
  static char buffer[65536];
  struct winsize size = {.ws_row = 24, .ws_col = 80};
  double start = seconds();
  int master;
  pid_t child = forkpty(&master, NULL, NULL, &size);
  if (child < 0) {
    perror("forkpty");
    return 1;
  }
  if (child == 0) {
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    _exit(127);
  }
  long long bytes = 0;
  for (;;) {
    ssize_t got = read(master, buffer, sizeof buffer);
    if (got > 0) bytes += got;
    else if (got == 0 || errno == EIO) break; // EIO: the last one closed the other side
    else if (errno != EINTR) {
      perror("read");
      return 1;
    }
  }
  double took = seconds() - start;
  waitpid(child, NULL, 0);
  printf("%lld %.6f\n", bytes, took);
  return 0;
}
