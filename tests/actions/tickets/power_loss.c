/* Preloaded into a process that writes a ledger: remembers what each of its files held when it was last synced.
 *
 * After fsync or fdatasync has returned, the file is copied to FILE.synced. Whoever kills the process puts those copies
 * in place of the files: what a disk may be left with when the power goes, if it kept nothing that was not synced.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void keep(int fd) {
    char link[64], path[PATH_MAX], fresh[PATH_MAX + 16], kept[PATH_MAX + 16], buffer[65536];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return;
    path[length] = 0;
    if (!strstr(path, "ledger.sqlite3")) return;
    snprintf(fresh, sizeof fresh, "%s.synced.part", path);
    snprintf(kept, sizeof kept, "%s.synced", path);
    int out = open(fresh, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (out < 0) return;
    off_t at = 0;
    ssize_t got;
    while ((got = pread(fd, buffer, sizeof buffer, at)) > 0) {
        if (write(out, buffer, got) != got) _exit(99);
        at += got;
    }
    close(out);
    rename(fresh, kept); /* in one step: a kill leaves the copy before or the copy after */
}

int fsync(int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    int result = real(fd);
    if (result == 0) keep(fd);
    return result;
}

int fdatasync(int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int result = real(fd);
    if (result == 0) keep(fd);
    return result;
}
