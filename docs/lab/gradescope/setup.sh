#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Prepares a container of Debian or Ubuntu for scripts/grade, as root and with a network: packages,
# a kernel, and the virtual machine. Afterwards nothing is fetched any more. Gradescope runs it as
# /autograder/source/setup.sh; in any other place, run it from its own directory.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fifo=$here/fifo
[[ -d $fifo ]] || fifo=$(cd "$here/../../.." && pwd)
# The user who builds must read the kernel's headers.
export HOME=${HOME:-/root} XDG_CACHE_HOME=${XDG_CACHE_HOME:-/var/cache} LC_ALL=C DEBIAN_FRONTEND=noninteractive

apt-get update
apt-get install --yes --no-install-recommends make gcc libc6-dev perl busybox-static cpio kmod python3 \
	bubblewrap tar util-linux qemu-system-x86
# Nobody who builds here reads the grader.
[[ $here != /autograder/* ]] || chmod 700 "$here"
# The rest comes with the first that is graded: a solution of another project, which builds.
"$fifo/scripts/cse330" --grade "$fifo/tests/grade/cse330/producer_consumer.c" --sandbox user --only builds
