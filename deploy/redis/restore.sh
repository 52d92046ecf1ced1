#!/bin/sh
# Puts a backup back: `restore.sh DIR <FILE`, where `redis-cli --rdb FILE` made the backup. The
# server that is started in DIR afterwards, with appendonly yes, has all that the backup has.
#
# DIR is a directory in which no server runs and none has written: nothing is overwritten. A server
# with appendonly yes doesn't read a dump.rdb, so another one, which nobody reaches, writes it anew.
set -eu
dir=${1:?the directory of the new server}
[ ! -e "$dir/appendonlydir" ] || { echo "$dir has data: move it away first" >&2; exit 1; }
umask 077
cat >"$dir/dump.rdb"
redis-check-rdb "$dir/dump.rdb" >/dev/null || { rm "$dir/dump.rdb"; echo "no backup" >&2; exit 1; }

redis-server --port 0 --unixsocket "$dir/restore.sock" --dir "$dir" --save '' --appendonly no \
  --loglevel warning &
server=$!
ask() { redis-cli -s "$dir/restore.sock" "$@"; }
info() { ask info persistence | tr -d '\r' | sed -n "s/^$1://p"; }
until [ "$(info loading 2>/dev/null)" = 0 ]; do
  kill -0 $server || exit 1
  sleep 0.1
done
ask config set appendonly yes >/dev/null
until [ "$(info aof_rewrite_in_progress)$(info aof_rewrite_scheduled)" = 00 ]; do sleep 0.1; done
[ "$(info aof_last_bgrewrite_status)" = ok ]
echo "$(ask dbsize) keys are back"
ask shutdown >/dev/null
wait $server
rm "$dir/dump.rdb"
