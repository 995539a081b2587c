#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The recipes of docs/observing.md work in Debian 12 and in Debian 13, with the kernel, perf,
# trace-cmd and bpftrace of each. The page has a pattern before each block of commands:
#
#	<!-- output: REGEX -->
#
# which what they print must match, and so must the output that the page shows. The outputs
# are kept in build/logs/186-recipes*/recipes.
#
#	FIFO_OBSERVED	releases, with commas (bookworm,trixie)

. "${0%/*}/lib/host.sh"
. "$root/tests/lib/observer.sh"

[[ $(host_arch) == amd64 ]] || skip_all "it was tried on x86-64 alone"
guest_prepare_vm
[[ $(readlink "$FIFO_VM/vmlinuz") == "$kernel_cache/$(kernel_stock)/vmlinuz" ]] ||
	skip_all "it boots the kernels of Debian's releases, whatever kernel the other tests have"
packages_known mmdebstrap || skip_all "the archive has no mmdebstrap, which fetches the programs of a release"

# --- the page --------------------------------------------------------------------

recipes=()
question='The queues' pattern='' commands='' shown=''

# recipe_end: of a block of commands. Notes it for the guest, in words of bash.
recipe_end() {
	shown=${shown%$'\n'}
	if [[ $commands ]]; then
		if [[ ! $pattern ]]; then
			fail "$question: the block has a pattern" "$commands"
		elif [[ $shown =~ $pattern ]]; then
			recipes+=("$(printf 'recipe %q %q %q' "$question" "$commands" "$pattern")")
		else
			fail "$question: the page shows what matches its pattern" "$shown" "does not match: $pattern"
		fi
	fi
	pattern='' commands='' shown=''
}

# A command begins with "# ", and goes on behind "> ".
while IFS= read -r line; do
	case $line in
	'## '*) recipe_end && question=${line#'## '} ;;
	'<!-- output: '*' -->') recipe_end && pattern=${line#'<!-- output: '} && pattern=${pattern%' -->'} ;;
	'    # '*) commands+=${line#'    # '}$'\n' ;;
	'    > '*) commands+=${line#'    > '}$'\n' ;;
	'    '*) shown+=${line#'    '}$'\n' ;;
	[![:space:]]*) [[ ! $commands ]] || recipe_end ;;
	esac
done <"$root/docs/observing.md"
recipe_end
is "$((${#recipes[@]} >= 10))" 1 "the page has ${#recipes[@]} blocks"

# --- each in a machine of each release ---------------------------------------------

for release in $(tr , ' ' <<<"${FIFO_OBSERVED:-bookworm,trixie}"); do
	observer_prepare "$release"
	printf '# %s: %s\n' "$release" "$kernel_release"
	run_guest --timeout 300 --disk "$observer_disk" < <(
		observer_enter
		cat <<'GUEST'
# recipe QUESTION COMMANDS PATTERN
recipe() {
	local said status=0 start=${EPOCHREALTIME/./}

	said=$(observe timeout -k 5 60 bash -euc "cd; $2" 2>&1) || status=$?
	printf '## %s (%d ms, status %d)\n\n%s\n%s\n\n' "$1" $(((${EPOCHREALTIME/./} - start) / 1000)) $status "$2" "$said" >>/run/keep/recipes
	if ((status == 0)) && [[ $said =~ $3 ]]; then
		pass "$1: ${2%%$'\n'*}"
	else
		fail "$1" "status $status from: $2" "$said" "want: $3"
	fi
}

GUEST
		printf '%s\n' "${recipes[@]}"
	)
done
