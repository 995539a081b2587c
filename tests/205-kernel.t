#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A kernel that was built here for its debugging options has them: asked of the
# kernel that has booted, since an option can vanish from a configuration
# without a word.

. "${0%/*}/lib/host.sh"

guest_prepare_vm
kernel_dir=$(dirname "$(readlink "$FIFO_VM/vmlinuz")")
[[ -e $kernel_dir/fragments ]] ||
	skip_all "the distribution's kernel: use --kernel debug"

run_guest --timeout 60 <<'GUEST'
zcat /proc/config.gz >/run/config
keep /run/config
ok "the kernel shows its configuration" grep -q ^CONFIG_SMP=y /run/config

# KCSAN can be there and not look.
kcsan=/sys/kernel/debug/kcsan
if [[ -e $kcsan ]]; then
	like "$(<$kcsan)" 'enabled: 1' "KCSAN is on"
	ge "$(awk '/^setup_watchpoints:/ { print $2 }' $kcsan)" 1 "and watches"
fi
GUEST

is "$(own_kernel_missing "$guest_logs/config" || true)" '' "every option has taken effect"
sed 's/^CONFIG_MODULES=y//' "$guest_logs/config" >"$guest_logs/without"
is "$(own_kernel_missing "$guest_logs/without" || true)" "CONFIG_MODULES: wanted y, is n" "one that has not is named"
