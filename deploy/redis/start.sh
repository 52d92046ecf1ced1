#!/bin/sh
# Starts a server (ROLE=redis), a Sentinel of three (ROLE=sentinel), or a server that stands alone
# (ROLE=one); others reach it at HOST.
#
# The configuration lies in DATA and is written at the first start only: Redis and Sentinels keep in
# it who the primary is. Written anew, a former primary would come back as one with old data.
set -eu
data=${DATA:-/data}
here=$(dirname "$0")
: "${HOST:?} ${PRIMARY:?} ${REDIS_PASSWORD:?}"
umask 077

begin() {
  case $ROLE in
  one)
    cat "$here/durable.conf"
    printf '%s\n' "port ${PORT:-6379}" "dir $data" "requirepass $REDIS_PASSWORD"
    ;;
  redis)
    cat "$here/durable.conf" "$here/redis.conf"
    printf '%s\n' "port ${PORT:-6379}" "dir $data" "replica-announce-ip $HOST" \
      "requirepass $REDIS_PASSWORD" "masterauth $REDIS_PASSWORD"
    [ "$HOST:${PORT:-6379}" = "$PRIMARY:${PRIMARY_PORT:-6379}" ] ||
      echo "replicaof $PRIMARY ${PRIMARY_PORT:-6379}"
    ;;
  sentinel)
    printf '%s\n' "port ${PORT:-26379}" "dir $data" \
      "requirepass $REDIS_PASSWORD" "sentinel sentinel-pass $REDIS_PASSWORD" \
      "sentinel resolve-hostnames yes" "sentinel announce-hostnames yes" \
      "sentinel announce-ip $HOST" \
      "sentinel monitor beacon $PRIMARY ${PRIMARY_PORT:-6379} 2" \
      "sentinel auth-pass beacon $REDIS_PASSWORD" \
      "sentinel down-after-milliseconds beacon ${DOWN_AFTER:-3000}" \
      "sentinel failover-timeout beacon ${FAILOVER_TIMEOUT:-10000}"
    ;;
  esac
}

[ -e "$data/$ROLE.conf" ] || { begin >"$data/new.conf" && mv "$data/new.conf" "$data/$ROLE.conf"; }
if [ "$ROLE" = sentinel ]; then
  exec redis-server "$data/sentinel.conf" --sentinel
fi
exec redis-server "$data/$ROLE.conf"
