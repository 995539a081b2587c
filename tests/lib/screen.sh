# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# A terminal in a guest: tmux runs a program on it, and says what is on its screen. The guest
# needs tmux, /lib/terminfo and the locale C.UTF-8.

export LC_ALL=C.UTF-8
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts

tmux_run() {
	tmux -f /dev/null "$@"
}

# start COLUMNS ROWS COMMAND…
start() {
	tmux_run new-session -d -s screen -x "$1" -y "$2" "$(printf '%q ' "${@:3}")"
}

# stop: whatever runs there.
stop() {
	tmux_run kill-server || true
	wait_for 10 gone
}

gone() {
	! tmux_run has-session -t screen
}

resize() {
	tmux_run resize-window -t screen -x "$1" -y "$2"
}

# press KEY…: as tmux names them.
press() {
	tmux_run send-keys -t screen "$@"
}

screen() {
	tmux_run capture-pane -p -t screen
}

# shows REGEX: an extended one, which a line matches.
shows() {
	screen | grep -qE -e "$1"
}

not() {
	! "$@"
}

# Which of its two screens the terminal shows, and whether it shows a cursor.
terminal_state() {
	tmux_run display-message -p -t screen '#{?alternate_on,alternate,main} #{?cursor_flag,cursor,none}'
}
