package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
)

const (
	redisFloor = 7               // the oldest major version that will do, as README.md promises
	redisSkew  = 2 * time.Second // how far its clock may be off before that is reported
	redisFull  = 90              // percent of its memory from which that is reported
)

// checkWrite asks Redis to take a write, without which Beacon answers danger only. /readyz goes by
// this check: see health.writes.
func (a *app) checkWrite(ctx context.Context) []finding {
	if err := a.store.Writable(ctx); err != nil {
		return []finding{redisFault(checkWrite, "it takes no writes", err)}
	}
	return []finding{good(checkWrite, "it takes writes")}
}

// checkRead asks Redis for an answer. It is apart from checkWrite because a Redis that is full, or
// a replica, can be read and takes no writes: which of the two fails tells where to look.
func (a *app) checkRead(ctx context.Context) []finding {
	const name = "redis read"
	if err := a.store.Ready(ctx); err != nil {
		return []finding{redisFault(name, "it can't be read", err)}
	}
	return []finding{good(name, "it can be read")}
}

// redisFault says what to do about an error of Redis, going by the word that its answer begins
// with: OOM, READONLY and so on. No word means that Redis didn't answer at all. A word that isn't
// listed here sends the operator to Redis' own log.
func redisFault(name, what string, err error) finding {
	if errors.Is(err, redis.ErrLater) || errors.Is(err, redis.ErrEarlier) {
		return bad(name, what+": it isn't asked", "See the check "+checkLayout+".")
	}
	do, known := map[string]string{
		"": "See that Redis runs, and that REDIS_URL names it." +
			" Texts of danger are answered meanwhile, all others refused.",
		"OOM":      "Its memory is full: give it more (maxmemory), or find what else fills it.",
		"READONLY": "It is a replica: let REDIS_URL name the primary.",
		"MASTERDOWN": "It is a replica that has lost its primary: bring that back, or let REDIS_URL " +
			"name the one there is.",
		"CLUSTERDOWN": "The Cluster has lost a server that holds keys of ours: bring it back, or " +
			"give each server a replica.",
		"NOREPLICAS": "No replica follows it (min-replicas-to-write, or Sentinels), so what it " +
			"took would be lost with it: bring one back.",
		"MISCONF":   "It can't write to its disk: see its log and the space there.",
		"LOADING":   "It reads its file after a start: wait.",
		"NOAUTH":    redisRights,
		"WRONGPASS": redisRights,
		"NOPERM":    redisRights,
	}[redis.Word(err)]
	if !known {
		do = "See the log of Redis."
	}
	return bad(name, what+": "+plain(err), do)
}

// redisRights is what to do where Redis refuses the login or a command. The prefix is that of every
// key (redis/keys.go), so an ACL can be written for a Redis that others use too.
const redisRights = "Put the user and the password into REDIS_URL;" +
	" the user needs all commands on keys that begin with {beacon}:."

// checkServer asks the server how it is set up. A server that doesn't answer is "not checked":
// checkWrite and checkRead report the fault already, and a live bot must be able to start while
// Redis is away, for texts of danger.
func (a *app) checkServer(ctx context.Context) []finding {
	s, err := a.store.Server(ctx)
	if err != nil {
		return []finding{skip("redis server", plain(err))}
	}
	return []finding{
		good("redis server", "it tells how it is set up"),
		judgeVersion(s), judgeRole(s), judgeEviction(s), judgePersistence(s), judgeMemory(s),
		clock("redis clock", "its clock", s.Skew, redisSkew),
	}
}

// checkSeal asks with which key what Redis holds is sealed.
func (a *app) checkSeal(ctx context.Context) []finding {
	const name = "redis seal"
	seal, err := a.store.Sealed(ctx)
	switch {
	case errors.Is(err, redis.ErrKey):
		f := bad(name, plain(err), "Add that key to BEACON_KEYS, behind the newest one.")
		f.Fatal = true
		return []finding{f}
	case err != nil:
		return []finding{skip(name, plain(err))}
	case seal.Keys && seal.By == "":
		return []finding{warn(name, "what was stored before there were keys lies in clear",
			"Run bot keys rotate.")}
	case seal.By == "":
		return []finding{warn(name, "names, numbers and words lie in clear in Redis and its backups",
			"Set BEACON_KEYS to what bot keys new prints, then run bot keys rotate.")}
	case !seal.Newest:
		return []finding{warn(name, "the key "+seal.By+" is still needed",
			"Run bot keys rotate, once every bot knows the newest key.")}
	}
	return []finding{good(name, "sealed with the key "+seal.By)}
}

// judgeVersion refuses a server that is too old. That is fatal to a live bot: better it doesn't
// start than fails at the first command that the server lacks, with a patient waiting.
func judgeVersion(s redis.Server) finding {
	const name = "redis version"
	switch {
	case s.Version == "":
		return skip(name, "the server doesn't tell")
	case s.Major < redisFloor:
		f := bad(name, "Redis "+s.Version+" is too old",
			fmt.Sprintf("Upgrade it to %d.0 or newer.", redisFloor))
		f.Fatal = true
		return f
	}
	return good(name, s.Version)
}

// judgeRole refuses a replica. That is fatal to a live bot: a replica never takes a write, so the
// bot would answer danger only, and waiting doesn't help.
func judgeRole(s redis.Server) finding {
	const name = "redis role"
	if !s.Replica {
		return good(name, "it is the primary")
	}
	f := bad(name, "it is a replica", "Let REDIS_URL name the primary.")
	f.Fatal = true
	return f
}

// judgeEviction wants a server that refuses writes when its memory is full. Any other policy is a
// fault, or a warning as long as the memory has no limit to reach.
func judgeEviction(s redis.Server) finding {
	const name = "redis eviction"
	switch s.Policy {
	case "noeviction":
		return good(name, s.Policy)
	case "":
		return skip(name, "the server doesn't tell its maxmemory-policy: see that it is noeviction")
	}
	f := bad(name, "maxmemory-policy is "+s.Policy+
		": with its memory full Redis throws away visits, opt-outs and cases, without a word",
		"Set maxmemory-policy noeviction: a full Redis then refuses writes, which is seen.")
	if s.Max == 0 {
		f.Level = warned
	}
	return f
}

// judgePersistence says how much a crash of the server would lose. It only warns: the clinic may
// accept the loss of two seconds, or host Redis where the setting is closed to it.
func judgePersistence(s redis.Server) finding {
	const name = "redis persistence"
	switch {
	case !s.Appends:
		return warn(name, "it keeps no append-only file:"+
			" a restart of it loses what came since its last snapshot",
			"Set appendonly yes and appendfsync always.")
	case s.Fsync == "":
		return good(name, "it keeps an append-only file; how often it syncs that it doesn't tell")
	case s.Fsync != "always":
		return warn(name, "it writes to disk now and then (appendfsync "+s.Fsync+
			"): when it is killed, up to two seconds can be lost", "Set appendfsync always.")
	}
	return good(name, "every write is on disk before it counts")
}

// judgeMemory warns before the memory is full. s.Used and s.Max are bytes; the text shows MiB.
func judgeMemory(s redis.Server) finding {
	const name = "redis memory"
	if s.Max == 0 {
		return good(name, "it has no limit")
	}
	percent := 100 * s.Used / s.Max
	what := fmt.Sprintf("%d %% of %d MB are used", percent, s.Max>>20)
	if percent < redisFull {
		return good(name, what)
	}
	return warn(name, what, "Give it more (maxmemory): when it is full, it takes no writes.")
}
